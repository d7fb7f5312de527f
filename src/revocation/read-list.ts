/**
 * From the bytes of a list to what a worker looks up: read, held against RFC 5280 §6.3.3, its signature checked, its
 * numbers packed. It runs in a child process, because the bytes come from anywhere.
 */
import crypto from 'node:crypto'
import { publicKeyOf } from '../certificate/describe-certificate.ts'
import { describeDistinguishedName } from '../certificate/describe-distinguished-name.ts'
import { parseCrl, type RevocationList } from '../certificate/parse-crl.ts'
import { readCertificate } from '../certificate/read-certificate.ts'
import { readRevocationPointers } from '../certificate/read-revocation-pointers.ts'
import { faultOfSignature } from '../certificate/verify-signed.ts'
import { issuerIdOf } from './question.ts'
import { type PackedSerials, packSerials } from './serial-table.ts'

/** A list that can be used, by an issuer whose key signed it. */
export interface ReadList {
  readonly issuer: string
  /** As it stands in the list, fit for a message. */
  readonly issuerName: string
  readonly scope: RevocationList['scope']
  readonly points: readonly string[]
  readonly thisUpdateMs: number
  readonly nextUpdateMs: number | undefined
  readonly serials: PackedSerials
}

/**
 * What came of the bytes; `issuers` are all of its name, for no key of theirs has signed it, or none that may. One of a
 * name that no certificate at hand has waits for it.
 */
export type ListReading =
  | { readonly list: ReadList }
  | { readonly fault: string; readonly issuers?: readonly string[]; readonly issuerName?: string }
  | { readonly waitsFor: string }

/** Reads a list; `issuers` are certificates (DER) of whoever may have issued it. Nothing is thrown. */
export function readList(der: Buffer, issuers: readonly Buffer[]): ListReading {
  let list: RevocationList
  try {
    list = parseCrl(der)
  } catch {
    return { fault: 'is malformed' }
  }
  const issuerName = describeDistinguishedName(list.issuerName)
  let fault: string | undefined
  const tried: string[] = []
  for (const issuer of issuers) {
    const pointers = readRevocationPointers(issuer)
    if (pointers === undefined || !pointers.subjectName.equals(list.issuerName)) continue
    const id = issuerIdOf(pointers)
    const wrong = list.unsupported ?? faultOfIssuer(list, issuer)
    if (wrong === undefined) return { list: pack(list, { issuer: id, issuerName }) }
    tried.push(id)
    fault ??= wrong
  }
  return fault === undefined ? { waitsFor: issuerName } : { fault, issuers: tried, issuerName }
}

function faultOfIssuer({ signed }: RevocationList, der: Buffer): string | undefined {
  const usage = readCertificate(der)?.extensions.keyUsage
  if (usage !== undefined && !usage.has('cRLSign')) return 'is signed by a key that must not sign lists (no cRLSign)'
  const key = publicKeyOf(new crypto.X509Certificate(der))
  return key === undefined ? 'is of an issuer whose key cannot be read' : faultOfSignature(signed, key)
}

function pack(
  { scope, points, thisUpdateMs, nextUpdateMs, revoked }: RevocationList,
  issuer: Pick<ReadList, 'issuer' | 'issuerName'>,
): ReadList {
  return { ...issuer, scope, points, thisUpdateMs, nextUpdateMs, serials: packSerials(revoked) }
}
