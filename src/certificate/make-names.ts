/** Lays out the names of a throw-away certificate: distinguished names and general names of every kind. */
import * as asn1js from 'asn1js'
import * as pkijs from 'pkijs'
import type { SubjectNames } from './certificate-wish.ts'
import { bytesOfIp } from './ip-bytes.ts'

export const COMMON_NAME = '2.5.4.3'
export const ORGANISATION = '2.5.4.10'
const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'
const CONTEXT_SPECIFIC = 3
const LOGIN_NAME = '1.3.6.1.4.1.311.20.2.3'

/** Lays out a distinguished name. */
export function distinguishedName(
  attributes: readonly (readonly [type: string, value: string])[],
): pkijs.RelativeDistinguishedNames {
  const typesAndValues = attributes.map(([type, value]) => {
    const text = type === EMAIL_ADDRESS ? new asn1js.IA5String({ value }) : new asn1js.Utf8String({ value })
    return new pkijs.AttributeTypeAndValue({ type, value: text })
  })
  const parts = typesAndValues.map((each) => new asn1js.Set({ value: [each.toSchema()] }))
  // pkijs would lay out all attributes as one part, and an empty one where there is none.
  const toSchema = () => new asn1js.Sequence({ value: parts })
  return Object.assign(new pkijs.RelativeDistinguishedNames({ typesAndValues }), { toSchema })
}

/** Lays out general names; `ipBytes` says what stands for an address: in a constraint it has a mask. */
export function generalNames(names: SubjectNames, ipBytes: (text: string) => Buffer = bytesOfIp): pkijs.GeneralName[] {
  const texts = (type: 1 | 2 | 6, values: readonly string[] = []) =>
    values.map((value) => new pkijs.GeneralName({ type, value }))
  const { dns, ip = [], uri, email, directory = [], other = [] } = names
  return [
    ...texts(1, email),
    ...texts(2, dns),
    ...texts(6, uri),
    ...directory.map((name) => new pkijs.GeneralName({ type: 4, value: distinguishedName([[ORGANISATION, name]]) })),
    ...other.map(otherName),
    ...ip.map((text) => {
      const value = new asn1js.OctetString({ valueHex: arrayBufferOf(ipBytes(text)) })
      return new pkijs.GeneralName({ type: 7, value })
    }),
  ]
}

/** pkijs would put the one kind of name that is a sequence into another one. */
function otherName(text: string): pkijs.GeneralName {
  const tagged = (value: asn1js.BaseBlock[]) =>
    new asn1js.Constructed({ idBlock: { tagClass: CONTEXT_SPECIFIC, tagNumber: 0 }, value })
  const type = new asn1js.ObjectIdentifier({ value: LOGIN_NAME })
  const element = tagged([type, tagged([new asn1js.Utf8String({ value: text })])])
  return Object.assign(new pkijs.GeneralName(), { toSchema: () => element })
}

/** Copies, because a small Buffer is a window on a pool that other code writes to. */
export function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}
