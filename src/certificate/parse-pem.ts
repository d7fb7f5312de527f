/**
 * PEM as people keep it: comments, `openssl x509 -text` output, Windows line ends and several kinds of block in one
 * file. Only the armour is read here; whether the bytes inside are a certificate is for the reader of the block.
 */

export interface PemBlock {
  /** What stands after BEGIN, such as `CERTIFICATE`. */
  readonly label: string
  readonly der: Buffer
  /** Where it begins, counted from 1. */
  readonly line: number
}

export interface PemProblem {
  readonly line: number
  readonly message: string
}

const BEGIN = /^-----BEGIN ([A-Z0-9][A-Z0-9 ]*)-----[ \t]*$/
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Reads every block of a text; whatever stands between blocks is skipped. */
export function parsePem(text: string): { blocks: PemBlock[]; problems: PemProblem[] } {
  const blocks: PemBlock[] = []
  const problems: PemProblem[] = []
  // A byte order mark, as Windows editors write it, would hide the first block.
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  for (let index = 0; index < lines.length; index += 1) {
    const label = BEGIN.exec(lines[index] as string)?.[1]
    if (label === undefined) continue
    const end = endOfBlock(lines, index + 1, label)
    if (end === undefined) {
      problems.push({ line: index + 1, message: `the block ${label} has no END line` })
      continue
    }
    const body = bodyOf(lines.slice(index + 1, end))
    if (body === undefined) problems.push({ line: index + 1, message: `the block ${label} is not base64` })
    else blocks.push({ label, der: body, line: index + 1 })
    index = end
  }
  return { blocks, problems }
}

/** Tells whether a block holds a private key, encrypted or not, in any of the usual layouts. */
export function isPrivateKey(block: PemBlock): boolean {
  return block.label.endsWith('PRIVATE KEY')
}

function endOfBlock(lines: readonly string[], from: number, label: string): number | undefined {
  for (let index = from; index < lines.length; index += 1) {
    const line = (lines[index] as string).trimEnd()
    if (line === `-----END ${label}-----`) return index
    // A block that was cut off must not swallow the next one.
    if (line.startsWith('-----BEGIN ')) return undefined
  }
  return undefined
}

function bodyOf(lines: readonly string[]): Buffer | undefined {
  // RFC 1421 headers (`Proc-Type: …`) stand before the base64 and contain a colon, which base64 does not.
  const base64 = lines
    .filter((line) => !line.includes(':'))
    .map((line) => line.trim())
    .join('')
  return base64.length % 4 === 0 && BASE64.test(base64) ? Buffer.from(base64, 'base64') : undefined
}
