/**
 * Which field names this room must know, told from the bytes of the name in any case. Names written with `_`
 * for `-` (content_length) are never taken for the field itself, but many backends read them as if they were:
 * they count as hop-by-hop and are never passed on.
 */

/** What a field is to a forwarder. Numbers, because the parser asks once per field line. */
export type FieldKind = number

export const END_TO_END = 0
/** Belongs to this connection only and is never passed on. */
export const HOP_BY_HOP = 1
export const HOST = 2
export const CONTENT_LENGTH = 3
export const TRANSFER_ENCODING = 4
export const CONNECTION = 5
export const PROXY_CONNECTION = 6
export const UPGRADE = 7
export const VIA = 8
/** End-to-end, but the parser looks at its value. */
export const EXPECT = 9
/** No name has this kind: it marks an Expect that asks for something other than 100-continue. */
export const OTHER_EXPECTATION = 10

/** Tells the kind of the field name that stands at `from`…`to`. */
export function fieldKind(bytes: Uint8Array, from: number, to: number): FieldKind {
  switch (to - from) {
    case 2:
      return kindIf(bytes, from, 'te', HOP_BY_HOP)
    case 3:
      return kindIf(bytes, from, 'via', VIA)
    case 4:
      return kindIf(bytes, from, 'host', HOST)
    case 6:
      return kindIf(bytes, from, 'expect', EXPECT)
    case 7:
      return kindIf(bytes, from, 'upgrade', UPGRADE)
    case 10:
      return kindIf(bytes, from, 'connection', CONNECTION) || kindIf(bytes, from, 'keep-alive', HOP_BY_HOP)
    case 14:
      return kindIf(bytes, from, 'content-length', CONTENT_LENGTH) || kindIf(bytes, from, 'http2-settings', HOP_BY_HOP)
    case 16:
      return kindIf(bytes, from, 'proxy-connection', PROXY_CONNECTION)
    case 17:
      return kindIf(bytes, from, 'transfer-encoding', TRANSFER_ENCODING)
    case 18:
      return kindIf(bytes, from, 'proxy-authenticate', HOP_BY_HOP)
    case 19:
      return kindIf(bytes, from, 'proxy-authorization', HOP_BY_HOP)
    case 25:
      return kindIf(bytes, from, 'proxy-authentication-info', HOP_BY_HOP)
    default:
      return END_TO_END
  }
}

/** Tells whether a kind is passed on by the forwarding functions unchanged. */
export function isPassedOn(kind: FieldKind): boolean {
  return kind === END_TO_END || kind === EXPECT
}

function kindIf(bytes: Uint8Array, from: number, word: string, kind: FieldKind): FieldKind {
  let found = kind
  for (let index = 0; index < word.length; index++) {
    const byte = bytes[from + index] as number
    const wanted = word.charCodeAt(index)
    // The bytes are known to be token bytes, so setting bit 5 can only fold a letter's case.
    if ((byte | 0x20) === wanted) continue
    if (byte === 0x5f && wanted === 0x2d) found = HOP_BY_HOP
    else return END_TO_END
  }
  return found
}
