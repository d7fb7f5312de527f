/**
 * A look at a JSON text before anything is made of it. A hundred thousand members with numbers for names cost V8 more to
 * sort than to read, and a schema names every member it does not know: the text is counted instead, which costs next to nothing.
 */
import { SidecarError } from '../errors.ts'

/** Refuses a text of more values than any body of ours has, or than are said to be the most. */
export function assertFewValues(text: Uint8Array, most = VALUES_MAX): void {
  if (countCommas(text) < most) return
  throw new SidecarError('OPERATOR_TOO_LARGE', `the body holds more than ${most} values`)
}

/** Counts the commas that stand between values, not those inside of strings. */
function countCommas(text: Uint8Array): number {
  let [count, inString] = [0, false]
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at]
    if (byte === QUOTE) inString = !inString
    else if (inString && byte === BACKSLASH) at += 1
    else if (!inString && byte === COMMA) count += 1
  }
  return count
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
/** Far more than any body of ours has: the longest is a list of the certificates of an upload. */
const VALUES_MAX = 20_000
