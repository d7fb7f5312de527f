import { refuse } from './syntax-error.ts'

/** Reads `HTTP/1.0` or `HTTP/1.1` at `at`, eight bytes in exactly this case, and gives the minor version. */
export function parseVersion(bytes: Buffer, at: number): 0 | 1 {
  const known =
    bytes[at] === 0x48 && // H
    bytes[at + 1] === 0x54 && // T
    bytes[at + 2] === 0x54 && // T
    bytes[at + 3] === 0x50 && // P
    bytes[at + 4] === 0x2f && // /
    bytes[at + 5] === 0x31 && // 1
    bytes[at + 6] === 0x2e // .
  const minor = bytes[at + 7]
  if (!known || (minor !== 0x30 && minor !== 0x31)) refuse('bad-version')
  return minor === 0x31 ? 1 : 0
}
