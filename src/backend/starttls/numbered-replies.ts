import { broken, more, type Step } from './dialect.ts'

/** A reply of SMTP, LMTP, NNTP or FTP: a code of three digits and one or more lines. */
export interface NumberedReply {
  readonly code: number
  /** Without code and separator. */
  readonly lines: readonly string[]
  /** As it came, line ends included. */
  readonly text: string
}

/** Gathers numbered lines to replies and hands each whole one on; `220-` says that more of it follows. */
export function numberedReplies(heard: (reply: NumberedReply) => Step): (line: string) => Step {
  let code: string | undefined
  let lines: string[] = []
  let text = ''
  return (line) => {
    const [, digits, separator, rest = ''] = /^([1-5]\d\d)(?:([ -])(.*))?$/s.exec(line) ?? []
    if (digits === undefined || (code !== undefined && digits !== code)) {
      return broken('sent something that is no reply of its protocol')
    }
    code = digits
    lines.push(rest)
    text += `${line}\r\n`
    if (separator === '-')
      return lines.length > LINES_MAX ? broken(`sent over ${LINES_MAX} lines in one reply`) : more()
    const reply = { code: Number(digits), lines, text }
    code = undefined
    lines = []
    text = ''
    return heard(reply)
  }
}

const LINES_MAX = 100
