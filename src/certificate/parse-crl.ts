/**
 * A certificate revocation list (RFC 5280 §5) as a plain record. Lists come from the network and may hold a million
 * entries: each is read where it stands, nothing recurses, and whatever is not as it should be throws a TypeError.
 * What is written well and not supported (delta, indirect, only some reasons) is named, for the message.
 */
import { DER, type DerElement, derChildren, derEncodings, derParts, dottedOid, readLength } from './der.ts'
import { fullNameUrls, serialOf } from './read-revocation-pointers.ts'
import { readTime } from './read-time.ts'
import { readSigned, type Signed } from './verify-signed.ts'

export interface RevocationList {
  readonly signed: Signed
  /** As encoded. */
  readonly issuerName: Buffer
  readonly thisUpdateMs: number
  readonly nextUpdateMs: number | undefined
  /** What keeps the list from being used; undefined for a complete one. */
  readonly unsupported: string | undefined
  /** Which certificates it is about. */
  readonly scope: 'all' | 'users' | 'authorities'
  /** The URLs it says it is distributed from; one that says none is about all certificates of its issuer. */
  readonly points: readonly string[]
  readonly revoked: readonly RevokedEntry[]
}

export interface RevokedEntry {
  /** Hex, without leading zeros. */
  readonly serial: string
  readonly revokedAtMs: number
  /** By RFC 5280's number. */
  readonly reason: number | undefined
}

const ENTRY_REASON = '551d15'
const EXTENSION = { delta: '2.5.29.27', scope: '2.5.29.28', number: '2.5.29.20', authorityKeyId: '2.5.29.35' } as const

/** Reads a DER list; throws a TypeError when it is none. */
export function parseCrl(der: Buffer): RevocationList {
  const [outer, ...others] = derChildren(der)
  if (outer?.tag !== DER.sequence || others.length > 0) throw new TypeError('not a list')
  const signed = readSigned(outer.value)
  const [content] = derChildren(signed.tbs)
  const fields = derChildren(content?.value)
  const encodings = derEncodings(content?.value)
  const at = fields[0]?.tag === DER.integer ? 1 : 0
  const [, , thisUpdate, ...rest] = fields.slice(at)
  const isTime = (element: DerElement | undefined) =>
    element?.tag === DER.utcTime || element?.tag === DER.generalizedTime
  const nextUpdate = isTime(rest[0]) ? rest.shift() : undefined
  const entries = rest[0]?.tag === DER.sequence ? rest.shift() : undefined
  const extensions = readListExtensions(rest[0]?.tag === DER.context0 ? rest.shift()?.value : undefined)
  if (rest.length > 0) throw new TypeError('more than a list')
  const { revoked, unsupported } = readEntries(entries?.value ?? Buffer.alloc(0))
  return {
    signed,
    issuerName: encodings[at + 1] as Buffer,
    thisUpdateMs: readTime(thisUpdate),
    nextUpdateMs: nextUpdate && readTime(nextUpdate),
    revoked,
    ...extensions,
    unsupported: extensions.unsupported ?? unsupported,
  }
}

type Extensions = Pick<RevocationList, 'unsupported' | 'scope' | 'points'>

function readListExtensions(tagged: Buffer | undefined): Extensions {
  let found: Extensions = { unsupported: undefined, scope: 'all', points: [] }
  for (const { value } of tagged === undefined ? [] : derParts(tagged)) {
    const parts = derChildren(value)
    const id = dottedOid((parts[0] as DerElement).value)
    const isCritical = parts[1]?.tag === DER.boolean && parts[1].value[0] !== 0
    const content = (parts.at(-1) as DerElement).value
    if (id === EXTENSION.delta) found = { ...found, unsupported: 'is a delta list, which says only what has changed' }
    else if (id === EXTENSION.scope)
      found = { ...readScope(content), unsupported: found.unsupported ?? readScope(content).unsupported }
    else if (isCritical && id !== EXTENSION.number && id !== EXTENSION.authorityKeyId) {
      found = { ...found, unsupported: `has a critical extension that is not understood (${id})` }
    }
  }
  return found
}

/** The issuing distribution point (RFC 5280 §5.2.5). */
function readScope(content: Buffer): Extensions {
  const parts = derParts(content)
  const says = (tag: number) => parts.some((each) => each.tag === tag && each.value[0] !== 0)
  const points = fullNameUrls(parts.find(({ tag }) => tag === DER.context0)?.value)
  const scope = says(0x81) ? 'users' : says(0x82) ? 'authorities' : 'all'
  let unsupported: string | undefined
  if (says(0x84)) unsupported = 'is an indirect list, which speaks for other issuers'
  else if (parts.some(({ tag }) => tag === 0x83)) unsupported = 'covers only some reasons'
  else if (says(0x85)) unsupported = 'is about attribute certificates'
  return { scope, points, unsupported }
}

function readEntries(content: Buffer): { revoked: RevokedEntry[]; unsupported: string | undefined } {
  const revoked: RevokedEntry[] = []
  let unsupported: string | undefined
  for (let at = 0; at < content.length; ) {
    const { header, length } = readLength(content, at)
    const end = at + header + length
    if (content[at] !== DER.sequence || end > content.length) throw new TypeError('an entry is cut off')
    const [serial, time, extensions] = derChildren(content.subarray(at + header, end))
    if (serial?.tag !== DER.integer || serial.value.length === 0) throw new TypeError('an entry without a number')
    const { reason, isUnknown } = extensions === undefined ? noExtensions : readEntryExtensions(extensions.value)
    if (isUnknown) unsupported = 'has an entry with a critical extension that is not understood'
    revoked.push({ serial: serialOf(serial.value), revokedAtMs: readTime(time), reason })
    at = end
  }
  return { revoked, unsupported }
}

const noExtensions = { reason: undefined, isUnknown: false }

function readEntryExtensions(list: Buffer): { reason: number | undefined; isUnknown: boolean } {
  let reason: number | undefined
  let isUnknown = false
  for (const { value } of derChildren(list)) {
    const parts = derChildren(value)
    const isCritical = parts[1]?.tag === DER.boolean && parts[1].value[0] !== 0
    if (parts[0]?.value.toString('hex') === ENTRY_REASON) reason = derChildren(parts.at(-1)?.value)[0]?.value[0]
    else if (isCritical) isUnknown = true
  }
  return { reason, isUnknown }
}
