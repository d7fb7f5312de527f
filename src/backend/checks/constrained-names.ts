/** The names of a certificate that name constraints of its issuers apply to, and how a message tells them. */
import { printable } from '../../certificate/printable.ts'
import {
  type DistinguishedName,
  EMAIL_ADDRESS,
  readDistinguishedName,
} from '../../certificate/read-distinguished-name.ts'
import type { Step } from './check.ts'
import { type ComparableName, type ConstrainedKind, contentOfName } from './within-subtree.ts'

/** Gathers the names of one kind, from the subject too where its attributes count (RFC 5280 §4.2.1.10). */
export function constrainedNames({ facts: { subject, extensions } }: Step, kind: ConstrainedKind): ComparableName[] {
  const named = (extensions.names ?? []).filter((name) => name.kind === kind).map(({ bytes }) => bytes)
  switch (kind) {
    case 'ip':
      return named
    case 'directory':
      return [
        ...(subject.length > 0 ? [subject] : []),
        ...named.map((bytes) => readDistinguishedName(contentOfName(bytes))),
      ]
    case 'email': {
      const inSubject = subject.flat().filter(({ type }) => type === EMAIL_ADDRESS)
      return [...named.map((bytes) => bytes.toString('latin1')), ...inSubject.map(({ value }) => value)]
    }
    default:
      return named.map((bytes) => bytes.toString('latin1').toLowerCase())
  }
}

/** Writes such a name for a log line. */
export function describeConstrained(name: ComparableName): string {
  if (typeof name === 'string') return printable(name)
  if (Buffer.isBuffer(name)) return describeAddress(name)
  return `the subject ${(name as DistinguishedName).flatMap((part) => part.map(({ value }) => printable(value))).join(', ')}`
}

function describeAddress(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = bytes.toString('hex').replace(/(.{4})(?=.)/g, '$1:')
  return bytes.length === 16 ? new URL(`http://[${groups}]`).hostname.slice(1, -1) : groups
}
