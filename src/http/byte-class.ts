/**
 * Which bytes may stand where, as tables of 256 ones and zeros: one indexed load per byte is the
 * cheapest test there is, and a table cannot be fooled by a value outside its range.
 */

const digits = '0123456789'
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Bytes of a token: methods, field names, connection options (RFC 9110 section 5.6.2). */
export const tokenBytes = tableOf(`${digits}${letters}!#$%&'*+-.^_\`|~`)

/** Bytes of a field value or reason phrase: HTAB, space, visible and obs-text, never CR, LF, NUL or DEL. */
export const valueBytes = tableOf('\t', [0x20, 0x7e], [0x80, 0xff])

/** Bytes of a request target: visible ASCII without `#`. Laxer than RFC 3986 (`|`, `{`, `"`), as every peer is. */
export const targetBytes = tableOf('', [0x21, 0x22], [0x24, 0x7e])

/** Bytes of a host name in Host or in an authority: what DNS names and IPv4 literals use, and no sub-delims. */
export const hostBytes = tableOf(`${digits}${letters}-._~`)

/** Bytes inside the brackets of an IPv6 literal. */
export const ipv6Bytes = tableOf(`${digits}abcdefABCDEF:.`)

function tableOf(characters: string, ...ranges: readonly (readonly [number, number])[]): Uint8Array {
  const table = new Uint8Array(256)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  for (const [first, last] of ranges) table.fill(1, first, last + 1)
  return table
}
