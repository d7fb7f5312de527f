/**
 * Whether an OCSP answer says anything about a certificate that can be believed (RFC 6960 §3.2 and §4.2.2.2). Pure, and
 * small enough for a worker: bytes from the network in, one answer out, nothing thrown. A revocation counts whatever the
 * dates of the answer, since it is not taken back; everything else needs an answer that is valid now.
 */
import crypto from 'node:crypto'
import { describeName, publicKeyOf } from '../certificate/describe-certificate.ts'
import {
  OCSP_BYTES_MAX,
  parseOcspAnswer,
  type SignedOcspAnswer,
  type SingleAnswer,
} from '../certificate/parse-ocsp-answer.ts'
import { type RevocationPointers, readRevocationPointers } from '../certificate/read-revocation-pointers.ts'
import { faultOfSignature } from '../certificate/verify-signed.ts'
import { faultOfDates, type NoAnswer, type RevocationAnswer } from './answer.ts'
import type { RevocationQuestion } from './question.ts'

/** Checks an answer about one certificate. */
export function checkOcsp(der: Buffer, question: RevocationQuestion, nowMs: number): RevocationAnswer {
  if (der.length > OCSP_BYTES_MAX) return unknown(`is longer than ${OCSP_BYTES_MAX} bytes`)
  try {
    const answer = parseOcspAnswer(der)
    if (answer.refusal !== undefined) return unknown(`says ${answer.refusal} and nothing else`)
    return judge(answer, question, nowMs)
  } catch {
    return unknown('is malformed')
  }
}

function judge(answer: SignedOcspAnswer, question: RevocationQuestion, nowMs: number): RevocationAnswer {
  const issuer = readIssuer(question)
  const single = answer.singles.find((each) => isAbout(each, question, issuer.pointers))
  if (single === undefined) return unknown('is about another certificate')
  const signer = signerOf(answer, issuer, nowMs)
  if (typeof signer === 'string') return unknown(signer)
  const fault = faultOfSignature(answer.signed, signer)
  if (fault !== undefined) return unknown(fault)
  if (single.hasCriticalExtension) return unknown('has a critical extension that is not understood')
  return read(single, nowMs)
}

function read(single: SingleAnswer, nowMs: number): RevocationAnswer {
  const fault = faultOfDates(single, nowMs)
  if (single.status === 'revoked') {
    return { state: 'revoked', revokedAtMs: single.revokedAtMs as number, reason: single.reason }
  }
  if (fault !== undefined) return unknown(fault)
  if (single.status === 'unknown') return unknown('says that the responder does not know the certificate')
  return { state: 'good', nextUpdateMs: single.nextUpdateMs as number }
}

interface Issuer {
  readonly certificate: crypto.X509Certificate
  readonly pointers: RevocationPointers
}

function readIssuer({ issuerCertificate }: RevocationQuestion): Issuer {
  const certificate = new crypto.X509Certificate(Buffer.from(issuerCertificate, 'base64'))
  const pointers = readRevocationPointers(certificate.raw)
  if (pointers === undefined) throw new TypeError('the issuer cannot be read')
  return { certificate, pointers }
}

/** SHA-1 only names the issuer here, as nearly every responder does; nothing rests on it being strong. */
const certIdHashes: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

function isAbout(single: SingleAnswer, { serial }: RevocationQuestion, issuer: RevocationPointers): boolean {
  const hash = certIdHashes[single.hashAlgorithm]
  if (hash === undefined || single.serial !== serial) return false
  const digest = (bytes: Buffer) => crypto.createHash(hash).update(bytes).digest()
  return single.issuerNameHash.equals(digest(issuer.subjectName)) && single.issuerKeyHash.equals(digest(issuer.keyBits))
}

/** The key that must have signed: the issuer's own, or that of a responder the issuer itself has made one. */
function signerOf({ responder, certificates }: SignedOcspAnswer, issuer: Issuer, nowMs: number) {
  if (isNamed(responder, issuer.pointers)) {
    return publicKeyOf(issuer.certificate) ?? 'cannot be checked: the key of the issuer cannot be read'
  }
  for (const der of certificates) {
    const pointers = readRevocationPointers(der)
    if (pointers === undefined || !isNamed(responder, pointers)) continue
    const certificate = new crypto.X509Certificate(der)
    const fault = faultOfDelegate({ certificate, pointers }, issuer, nowMs)
    const key = publicKeyOf(certificate)
    if (fault === undefined && key !== undefined) return key
    return `is signed by ${describeName(certificate.subject)}, ${fault ?? 'whose key cannot be read'}`
  }
  return 'is signed by somebody who is neither the issuer nor shows a certificate'
}

function isNamed(responder: SignedOcspAnswer['responder'], { subjectName, keyBits }: RevocationPointers): boolean {
  if ('name' in responder) return responder.name.equals(subjectName)
  return responder.keyHash.equals(crypto.createHash('sha1').update(keyBits).digest())
}

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9'

function faultOfDelegate({ certificate, pointers }: Issuer, issuer: Issuer, nowMs: number): string | undefined {
  const key = publicKeyOf(issuer.certificate)
  if (key === undefined || !certificate.checkIssued(issuer.certificate) || !certificate.verify(key)) {
    return 'whom the issuer of the certificate has not made a responder'
  }
  if (!certificate.keyUsage?.includes(OCSP_SIGNING)) return 'whose certificate is not for signing OCSP answers'
  const isValid = certificate.validFromDate.getTime() <= nowMs && nowMs <= certificate.validToDate.getTime()
  if (!isValid) return 'whose certificate is not valid now'
  // Without it the responder's own certificate would have to be asked about, and so on without end.
  return pointers.noCheck ? undefined : 'whose own certificate could be revoked: it has no id-pkix-ocsp-nocheck'
}

function unknown(detail: string): NoAnswer {
  return { state: 'unknown', detail }
}
