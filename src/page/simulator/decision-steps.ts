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
  const { deniedAddress, offer } = known
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
    { name: 'Certificate', passes: true, says: certificateSays(known) },
    { name: 'Verdict', passes: true, says: verdictSays(known) },
  ]
  const end = steps.findIndex(({ passes }) => !passes)
  return end === -1 ? steps : steps.slice(0, end + 1)
}

/** What is asked of the certificate, told from what would refuse it: the API knows the verdict. */
function certificateSays(known: Explanation): string {
  const { refusedFor, enforcement, strict } = known
  const [isChain, isName] = [isChainAsked(known), isNameAsked(known)]
  const asked = [...(isChain ? ['chain'] : []), ...(isName ? ['host name'] : [])]
  const looked = [...(isChain ? [] : ['chain']), ...(isName ? [] : ['host name'])].join(' and ')
  if (refusedFor.includes('pin-mismatch')) asked.push('pinned key')
  const reason = enforcement === 'report' ? ' (report mode)' : strict ? '' : ' (strict TLS is off)'
  return [
    ...(asked.length === 0 ? [] : [`${asked.join(', ')} must hold`]),
    ...(looked === '' ? [] : [`${looked} ${isChain || isName ? 'is' : 'are'} only looked at${reason}`]),
  ].join('; ')
}

function verdictSays({ refusedFor }: Explanation): string {
  return refusedFor.length === 0 ? 'nothing that is found refuses it' : `refused for each of ${refusedFor.join(', ')}`
}

/** Tells whether a chain that ends in no trust store refuses the backend. */
export function isChainAsked({ refusedFor }: Pick<Explanation, 'refusedFor'>): boolean {
  return refusedFor.includes('untrusted-issuer')
}

/** Tells whether a wrong name refuses the backend. */
export function isNameAsked({ refusedFor }: Pick<Explanation, 'refusedFor'>): boolean {
  return refusedFor.includes('name-mismatch')
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
