/**
 * What RFC 5280 demands of the form of a certificate and public authorities do not all keep: made at that grade alone.
 * None of these lets anybody pose as somebody else; they tell apart a careful authority from a careless one.
 */
import { EXTENSION } from '../../certificate/read-extensions.ts'
import { type Check, onEach, onIssuers, onLeaf } from './check.ts'

const SERIAL_BYTES_MAX = 20

export const formChecks: readonly Check[] = [
  {
    name: 'authority-key-identifier',
    finding: 'malformed-certificate',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.2.1.1',
    holds: "Every certificate that does not sign itself carries the identifier of its issuer's key.",
    find: onEach(
      ({ facts: { extensions }, isSelfIssued, isAnchor }) =>
        !isSelfIssued && !isAnchor && extensions.authorityKeyId === undefined && 'has no authority key identifier',
    ),
  },
  {
    name: 'subject-key-identifier',
    finding: 'malformed-certificate',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.2.1.2',
    holds: 'Every authority of version 3, the anchor included, carries the identifier of its own key.',
    find: onIssuers(
      ({ facts: { version, extensions } }) =>
        version === 3 && extensions.subjectKeyId === undefined && 'has no subject key identifier',
    ),
  },
  {
    name: 'serial-number',
    finding: 'malformed-certificate',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.1.2.2, BR 7.1.2.7',
    holds: 'Serial numbers below the anchor are positive and have 20 bytes at most.',
    find: onEach(({ facts: { serial }, isAnchor }) => {
      const isPositive = (serial[0] ?? 0x80) < 0x80 && serial.some((byte) => byte !== 0)
      return !isAnchor && (!isPositive || serial.length > SERIAL_BYTES_MAX) && 'has a serial number out of range'
    }),
  },
  {
    name: 'extensions-version',
    finding: 'malformed-certificate',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.1.2.1, §4.1.2.9',
    holds: 'A certificate with extensions is of version 3.',
    find: onEach(
      ({ facts: { version, extensions } }) =>
        version !== 3 && extensions.ids.length > 0 && `is of version ${version} and has extensions`,
    ),
  },
  {
    name: 'authority-constraints',
    finding: 'malformed-certificate',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.2.1.9',
    holds: 'Basic constraints of an issuer below the anchor are critical.',
    find: onIssuers(({ facts: { extensions }, isAnchor }) => {
      const { basicConstraints, critical } = extensions
      const isWeak = basicConstraints !== undefined && !critical.includes(EXTENSION.basicConstraints)
      return !isAnchor && isWeak && 'does not mark its basic constraints as critical'
    }),
  },
  {
    name: 'authority-key-usage',
    finding: 'malformed-certificate',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.2.1.3',
    holds: 'Every issuer below the anchor has a key usage.',
    find: onIssuers(
      ({ facts: { extensions }, isAnchor }) => !isAnchor && extensions.keyUsage === undefined && 'has no key usage',
    ),
  },
  {
    name: 'path-length-place',
    finding: 'malformed-certificate',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.2.1.9',
    holds: 'Only an authority limits the length of the path.',
    find: onEach(({ facts: { extensions } }) => {
      const { ca, pathLength } = extensions.basicConstraints ?? {}
      return !ca && pathLength !== undefined && 'limits the length of a path and is no authority'
    }),
  },
  {
    name: 'authority-subject',
    finding: 'malformed-certificate',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.1.2.4, §4.1.2.6',
    holds: 'Every issuer has a name.',
    find: onIssuers(({ facts }) => facts.subject.length === 0 && 'has no name, and signed others'),
  },
  {
    name: 'names-not-empty',
    finding: 'malformed-certificate',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.2.1.6',
    holds: 'Subject alternative names, where there are any, are not an empty list.',
    find: onEach(({ facts: { extensions } }) => extensions.names?.length === 0 && 'has an empty list of names'),
  },
  {
    name: 'names-critical',
    finding: 'malformed-certificate',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.2.1.6',
    holds: "Where the subject is empty, the backend's certificate marks its alternative names as critical.",
    find: onLeaf(({ facts: { subject, extensions } }) => {
      const isWeak = extensions.names !== undefined && !extensions.critical.includes(EXTENSION.names)
      return subject.length === 0 && isWeak && 'has names only outside its subject and does not mark them as critical'
    }),
  },
]
