/** General names (RFC 5280 §4.2.1.6) by kind and bytes, as subject alternative names and name constraints hold them. */
import { type DerElement, derChildren } from './der.ts'

export type GeneralNameKind = (typeof kinds)[number]

export interface GeneralName {
  readonly kind: GeneralNameKind
  /** Text in ASCII for dns, email and uri; an address, in a constraint with its mask; for a directory the Name. */
  readonly bytes: Buffer
}

/** By their context tags. */
const kinds = ['other', 'email', 'dns', 'x400', 'directory', 'edi', 'uri', 'ip', 'id'] as const

/** Reads the content of GeneralNames. */
export function readGeneralNames(content: Buffer): GeneralName[] {
  return derChildren(content).map(readGeneralName)
}

/** Reads one element that is a GeneralName. */
export function readGeneralName({ tag, value }: DerElement): GeneralName {
  const kind = kinds[tag & 0x1f]
  if ((tag & 0xc0) !== 0x80 || kind === undefined) throw new TypeError('not a general name')
  return { kind, bytes: value }
}
