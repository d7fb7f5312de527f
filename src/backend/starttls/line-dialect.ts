/**
 * Dialects that speak in lines. Strict on purpose: a line ends in CR LF and nothing else, holds printable text, and a
 * backend that goes on before it is asked is not understood but refused.
 */
import { broken, type Dialect, injected, type Step } from './dialect.ts'

/** What a dialect makes of the backend's lines, one after the other. */
export interface LineScript {
  /** Written before the backend has said anything. */
  readonly opening?: string
  /** Judges one line, without its end. */
  line(line: string): Step
}

/** Longer than any line a server says before TLS: capabilities stand on one line in IMAP. */
const LINE_MAX = 4096
const LF = 0x0a
const NOTHING = Buffer.alloc(0)

/** Makes a dialect of a script. */
export function lineDialect({ opening, line }: LineScript): Dialect {
  let held: Buffer = NOTHING
  const take = (bytes: Buffer): Step => {
    held = Buffer.concat([held, bytes])
    for (;;) {
      const end = held.indexOf(LF)
      if (end === -1 ? held.length > LINE_MAX : end > LINE_MAX) return broken(`sent a line of over ${LINE_MAX} bytes`)
      if (end === -1) return { kind: 'more' }
      const text = held.toString('latin1', 0, end + 1)
      held = held.subarray(end + 1)
      if (!WHOLE_LINE.test(text)) return broken('sent something that is no line of its protocol')
      const step = line(text.slice(0, -2))
      if (step.kind === 'more' && step.write === undefined) continue
      if (held.length === 0 || step.kind === 'missing' || step.kind === 'broken') return step
      return step.kind === 'ready' ? injected : broken('went on before it was asked')
    }
  }
  const begin = (): Step =>
    opening === undefined ? { kind: 'more' } : { kind: 'more', write: Buffer.from(opening, 'latin1') }
  return { begin, take }
}

/** Shows a line of the backend in a message: short, printable already. */
export function quoteLine(line: string): string {
  return JSON.stringify(line.length > 120 ? `${line.slice(0, 120)}…` : line)
}

const WHOLE_LINE = /^[\t\x20-\x7e\x80-\xff]*\r\n$/
