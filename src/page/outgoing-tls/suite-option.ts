/** How a suite is shown in the columns: its name in the chosen spelling, and everything worth a mark. */
import type { Catalogue } from '../../admin/contract.ts'
import { suiteNamed } from './tls-lists.ts'

export type Spelling = 'iana' | 'openssl' | 'java'

export interface Mark {
  readonly text: string
  readonly kind: 'in-default' | 'doubtful' | 'bad' | 'quiet'
}

export interface SuiteOption {
  /** The IANA name, or what the policy says where the runtime does not know it. */
  readonly key: string
  readonly name: string
  readonly inDefault: boolean
  readonly marks: readonly Mark[]
  /** Why it is weak, or cannot be used. */
  readonly remarks: string
}

/** Describes a suite by any of its names. */
export function describeSuite(name: string, catalogue: Catalogue, spelling: Spelling): SuiteOption {
  const suite = suiteNamed(name, catalogue)
  if (suite === undefined) {
    const remarks = 'This runtime does not have it: it is never offered.'
    return { key: name, name, inDefault: false, marks: [{ text: 'Removed', kind: 'bad' }], remarks }
  }
  const { iana, openssl, java, inDefault, forwardSecrecy, protocols, weaknesses, needs } = suite
  const reasons = weaknesses.flatMap((weakness) => catalogue.weaknesses[weakness]?.reason ?? [])
  const marks: readonly (Mark | false)[] = [
    inDefault && { text: 'Default', kind: 'in-default' },
    protocols.includes('TLSv1.3') && { text: '1.3', kind: 'quiet' },
    weaknesses.length > 0 && { text: 'Weak', kind: 'doubtful' },
    !forwardSecrecy && { text: 'No forward secrecy', kind: 'doubtful' },
    needs !== null && { text: 'Not usable here', kind: 'bad' },
  ]
  return {
    ...{ key: iana, inDefault, marks: marks.filter((mark) => mark !== false) },
    name: spelling === 'iana' ? iana : spelling === 'openssl' ? openssl : (java[0] ?? iana),
    remarks: [...reasons, ...(needs === null ? [] : [`It needs ${needs}.`])].join(' '),
  }
}
