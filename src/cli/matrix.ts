/** `probe --matrix`: what a backend accepts, as a table, and the tightest rule that it can still be reached under. */
import type { Matrix, MatrixWish } from '../backend/probe-matrix.ts'
import { findSuite } from '../policy/catalogue.ts'
import type { Destination } from '../policy/destination.ts'
import type { Terminal } from './terminal.ts'

/** An entry for `rules`, as an operator would write it. */
export interface SuggestedRule {
  readonly name: string
  readonly match: readonly string[]
  readonly sni?: false
  readonly tls: Readonly<Record<string, unknown>>
}

/** Tries the backend out. */
export async function makeMatrix(wish: Omit<MatrixWish, 'deadlines'>): Promise<Matrix> {
  const { probeMatrix } = await import('../backend/probe-matrix.ts')
  const { Deadlines } = await import('../wire/deadlines.ts')
  const deadlines = new Deadlines()
  try {
    return await probeMatrix({ ...wish, deadlines })
  } finally {
    deadlines.close()
  }
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

/** Shows the table, and the rule as a line to copy: JSON is YAML. */
export function showMatrix(matrix: Matrix, rule: SuggestedRule | undefined, terminal: Terminal): void {
  const row = (name: string, value: string) => terminal.print(`${name.padEnd(11)} ${value === '' ? 'none' : value}`)
  row('protocols', matrix.protocols.join(' '))
  for (const protocol of matrix.protocols) row(protocol, (matrix.suites[protocol] ?? []).join(' '))
  row('groups', matrix.groups.join(' '))
  row('SNI', matrix.serverName)
  row('large hello', matrix.largeHello)
  row('OCSP staple', matrix.staples ? 'yes' : 'no')
  row('resumption', matrix.resumes ? 'yes' : 'no')
  row('handshakes', `${matrix.handshakes}${matrix.complete ? '' : ', and a limit ended it: not all was tried'}`)
  if (rule !== undefined) row('tightest', `- ${JSON.stringify(rule)}`)
}

function postQuantumFor({ groups, largeHello }: Matrix): 'off' | 'compatible' | 'prefer' {
  if (largeHello === 'broken off' || !groups.some((name) => name.includes('MLKEM'))) return 'off'
  return largeHello === 'taken' ? 'prefer' : 'compatible'
}
