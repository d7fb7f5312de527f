/** How a rule that was suggested for a backend comes into the draft, where that can be done without changing more. */
import type { BackendTrial, PolicyDocument } from '../../admin/contract.ts'
import type { Edit } from '../draft/policy-spec.ts'

type SuggestedRule = NonNullable<BackendTrial['tightest']>

interface RuleEntry {
  readonly name: string
  readonly match: readonly { readonly host: string; readonly wildcard: boolean; readonly port?: number }[]
}

/**
 * The edits that put the rule into a document in which `rule` holds for the backend. Nothing holds yet: it is a rule of its
 * own at the end. A rule for this backend alone: its TLS is changed. Undefined where a rule holds for others too: in front
 * of that one it would have to repeat all else that it says, its pins and trust stores, which is for a person to do.
 */
export function editsForRule(
  { spec }: PolicyDocument,
  { rule, backend, tightest }: { readonly rule: string; readonly backend: string; readonly tightest: SuggestedRule },
): readonly Edit[] | undefined {
  const { rules = [] } = (spec ?? {}) as { readonly rules?: readonly RuleEntry[] }
  if (rule === 'unlisted') {
    const entry = { ...tightest, name: freeName(tightest.name, rules) }
    return [
      rules.length === 0
        ? { path: ['spec', 'rules'], value: [entry] }
        : { path: ['spec', 'rules', rules.length], value: entry },
    ]
  }
  const at = rules.findIndex(({ name }) => name === rule)
  const [only, ...more] = rules[at]?.match ?? []
  if (only === undefined || more.length > 0 || !isFor(only, backend)) return undefined
  const path = ['spec', 'rules', at]
  const sni: readonly Edit[] = tightest.sni === undefined ? [] : [{ path: [...path, 'sni'], value: tightest.sni }]
  return [{ path: [...path, 'tls'], value: tightest.tls }, ...sni]
}

function isFor({ host, wildcard, port }: RuleEntry['match'][number], backend: string): boolean {
  const bracketed = host.includes(':') ? `[${host}]` : host
  // Without a port it is for every port of the host, and what is tight for one may be too old for another.
  return !wildcard && backend === `${bracketed}:${port}`
}

function freeName(name: string, rules: readonly RuleEntry[]): string {
  const isTaken = (each: string) => each === 'unlisted' || rules.some((rule) => rule.name === each)
  let free = name
  for (let n = 2; isTaken(free); n += 1) free = `${name}-${n}`
  return free
}
