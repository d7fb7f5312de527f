import { createAccessLog } from '../../src/observe/access-line.ts'
import type { AccessRecord } from '../../src/observe/access-record.ts'
import type { AsciiLine } from '../../src/observe/ascii-line.ts'

/** Gives the line that the log has of a record. */
export function accessLineOf(record: AccessRecord): string {
  const lines: string[] = []
  const writer = { write: () => {}, writeAscii: (line: AsciiLine) => void lines.push(line.toString()) }
  createAccessLog({ format: 'json', level: 'debug', writer })(record)
  return lines.join('')
}
