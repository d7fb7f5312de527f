/** An explanation as steps in the order in which a connection takes them, each with whether it lets it pass. */
import type { Explanation } from '../../admin/contract.ts'
import { nameRule } from '../show/describe-rule.ts'

export interface Step {
  readonly name: string
  readonly passes: boolean
  readonly says: string
}

/** Lists the steps; the first that does not pass ends them. */
export function stepsOf(known: Explanation): readonly Step[] {
  const { deniedAddress, offer, strict, enforcement } = known
  const steps = [
    ruleStep(known),
    {
      name: 'Address',
      passes: deniedAddress === null,
      says: deniedAddress ?? 'not denied, as far as is known before DNS',
    },
    {
      name: 'Offer',
      passes: offer.protocols.length > 0,
      says: `${offer.protocols.join(', ')} with ${offer.suites.length} suites`,
    },
    {
      name: 'Certificate',
      passes: true,
      says: strict ? 'chain and host name are verified' : 'not verified: strict TLS is off',
    },
    {
      name: 'Verdict',
      passes: true,
      says: enforcement === 'enforce' ? 'what is found may refuse it' : 'what is found is only reported',
    },
  ]
  const end = steps.findIndex(({ passes }) => !passes)
  return end === -1 ? steps : steps.slice(0, end + 1)
}

function ruleStep({ passedOver, rule, matchedBy, allowed, reason, deniedAddress }: Explanation): Step {
  const isDenied = !allowed && deniedAddress === null
  const over = passedOver.map((each) => `${each.rule} (${each.why})`).join(', ')
  return {
    name: 'Rule',
    passes: !isDenied,
    says: [
      matchedBy === null ? nameRule(rule) : `${rule}, by ${matchedBy}`,
      ...(isDenied ? [reason] : []),
      ...(over === '' ? [] : [`passed over: ${over}`]),
    ].join('; '),
  }
}
