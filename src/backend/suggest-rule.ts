/** The tightest rule that a backend can still be reached under, by what trying it out has shown. */
import { findSuite } from '../policy/catalogue/catalogue.ts'
import type { Destination } from '../policy/destination.ts'
import type { Matrix } from './probe-matrix.ts'

/** An entry for `rules`, as an operator would write it. */
export interface SuggestedRule {
  readonly name: string
  readonly match: readonly string[]
  readonly sni?: false
  readonly tls: Readonly<Record<string, unknown>>
}

/** The newest protocol alone, with its suites that nobody has anything against; undefined when it accepts nothing. */
export function suggestRule(matrix: Matrix, { host, authority }: Destination): SuggestedRule | undefined {
  const [protocol] = matrix.protocols
  if (protocol === undefined) return undefined
  const accepted = matrix.suites[protocol] ?? []
  const good = accepted.filter((name) => findSuite(name)?.weaknesses.length === 0)
  const isOld = protocol === 'TLSv1' || protocol === 'TLSv1.1'
  const groups =
    matrix.largeHello === 'broken off' ? matrix.groups.filter((name) => !name.includes('MLKEM')) : matrix.groups
  return {
    name: host.replaceAll(/[^A-Za-z0-9.-]/g, '-').slice(0, 64),
    match: [authority],
    ...(matrix.serverName === 'disliked' ? { sni: false } : {}),
    tls: {
      configuration: 'custom',
      protocols: [protocol],
      ciphers: good.length > 0 ? good : accepted,
      ...(groups.length === 0 ? {} : { groups }),
      postQuantum: postQuantumFor(matrix),
      ...(isOld ? { legacy: { securityLevel: 0 } } : {}),
    },
  }
}

function postQuantumFor({ groups, largeHello }: Matrix): 'off' | 'compatible' | 'prefer' {
  if (largeHello === 'broken off' || !groups.some((name) => name.includes('MLKEM'))) return 'off'
  return largeHello === 'taken' ? 'prefer' : 'compatible'
}
