/**
 * The extensions of a chunk: `;name`, `;name=token` or `;name="quoted"`, read byte by byte. Nobody needs them and
 * they are not passed on, but they must be read exactly: parsers that let a lone LF or CR pass here, or
 * skip to the next line end, have been the way in for smuggling. Spaces are refused as llhttp does.
 */

import { tokenBytes } from './byte-class.ts'
import { refuse } from './syntax-error.ts'

/** Where in an extension a reader stands; kept as a number between reads. */
export type ExtensionState = number

/** Just after a semicolon. */
export const EXTENSION_START = 0
/** The extension is over: the byte was the CR that ends the line. */
export const EXTENSION_OVER = 6

const NAME = 1
const VALUE_START = 2
const VALUE = 3
const QUOTED = 4
const QUOTED_PAIR = 5
const QUOTED_OVER = 7

const CR = 0x0d
const SEMICOLON = 0x3b
const EQUALS = 0x3d
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Gives the state after one more byte; throws at a byte that may not stand there. */
export function nextExtensionState(state: ExtensionState, byte: number): ExtensionState {
  switch (state) {
    case EXTENSION_START:
      return tokenBytes[byte] === 1 ? NAME : refuse('bad-chunk-extension')
    case NAME:
      if (tokenBytes[byte] === 1) return NAME
      return byte === EQUALS ? VALUE_START : afterValue(byte)
    case VALUE_START:
      if (byte === QUOTE) return QUOTED
      return tokenBytes[byte] === 1 ? VALUE : refuse('bad-chunk-extension')
    case VALUE:
      return tokenBytes[byte] === 1 ? VALUE : afterValue(byte)
    case QUOTED:
      if (byte === QUOTE) return QUOTED_OVER
      if (byte === BACKSLASH) return QUOTED_PAIR
      return isQuotable(byte) ? QUOTED : refuse('bad-chunk-extension')
    case QUOTED_PAIR:
      return isQuotable(byte) ? QUOTED : refuse('bad-chunk-extension')
    default:
      return afterValue(byte)
  }
}

function afterValue(byte: number): ExtensionState {
  if (byte === CR) return EXTENSION_OVER
  return byte === SEMICOLON ? EXTENSION_START : refuse('bad-chunk-extension')
}

function isQuotable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e
}
