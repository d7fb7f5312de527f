/** `probe --matrix`: what a backend accepts, as a table, and the tightest rule that it can still be reached under. */
import type { Matrix, MatrixWish } from '../backend/probe-matrix.ts'
import type { SuggestedRule } from '../backend/suggest-rule.ts'
import type { Terminal } from './terminal.ts'

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
