/**
 * Whether each certificate of the path may be used as it is. OpenSSL looks at most of this as well, but tells only
 * the last thing it minds: behind an expired certificate, which an exception may forgive, it would keep silent about
 * one that must not sign others.
 */
import { EXTENSION } from '../../certificate/read-extensions.ts'
import { type Check, onEach, onIssuers, onLeaf } from './check.ts'

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const TLS_SERVER_USAGES = ['digitalSignature', 'keyEncipherment', 'keyAgreement'] as const
/** Critical extensions that OpenSSL understands; another one means that the certificate must not be used. */
const understood = new Set([15, 17, 19, 30, 31, 32, 33, 36, 37, 54].map((arc) => `2.5.29.${arc}`))

export const purposeChecks: readonly Check[] = [
  {
    name: 'readable',
    finding: 'wrong-purpose',
    grade: 'webpki',
    source: 'X.690 §8',
    holds: 'Every certificate of the path can be read to its last extension.',
    find: onEach(({ isReadable }) => !isReadable && 'has extensions that cannot be read'),
  },
  {
    name: 'server-purpose',
    finding: 'wrong-purpose',
    grade: 'webpki',
    source: 'RFC 5280 §4.2.1.12, BR 7.1.2.7.10, BR 7.1.2.10.6',
    holds:
      'An extended key usage, where there is one, names TLS servers, in the issuers as well; any purpose alone is not enough.',
    find: onEach(({ certificate }) => {
      const purposes = certificate.keyUsage as readonly string[] | undefined
      return purposes && !purposes.includes(SERVER_AUTH) && 'is not for TLS servers (extended key usage)'
    }),
  },
  {
    name: 'leaf-key-usage',
    finding: 'wrong-purpose',
    grade: 'webpki',
    source: 'RFC 5280 §4.2.1.3, BR 7.1.2.7.11',
    holds:
      "A key usage of the backend's certificate, where there is one, allows signing, key encipherment or agreement.",
    find: onLeaf(({ facts: { extensions } }) => {
      const { keyUsage } = extensions
      return keyUsage && !TLS_SERVER_USAGES.some((usage) => keyUsage.has(usage)) && 'is not for TLS (key usage)'
    }),
  },
  {
    name: 'leaf-no-authority',
    finding: 'wrong-purpose',
    grade: 'webpki',
    source: 'BR 7.1.2.7.8, RFC 5280 §4.2.1.9',
    holds: 'The backend does not show the certificate of an authority, unless it is one that signs itself.',
    // Tools make self-signed server certificates as CAs by habit; an authority that serves with its own is another matter.
    find: onLeaf(
      ({ certificate, isSelfIssued }) =>
        certificate.ca && !isSelfIssued && 'is that of a certificate authority, not of a server',
    ),
  },
  {
    name: 'leaf-version',
    finding: 'wrong-purpose',
    grade: 'webpki',
    source: 'RFC 5280 §4.1.2.1, BR 7.1.1',
    holds: "The backend's certificate is of version 3: an older one cannot say what it is for.",
    find: onLeaf(
      ({ facts }) => facts.version !== 3 && `is of version ${facts.version}, which cannot say what it is for`,
    ),
  },
  {
    name: 'issuer-may-sign',
    finding: 'wrong-purpose',
    grade: 'webpki',
    source: 'RFC 5280 §6.1.4 (k), (n), CVE-2002-0862',
    holds:
      'Every issuer below the anchor is an authority (basic constraints) whose key usage, where there is one, allows it.',
    // The operator's own word makes an anchor: old roots of version 1 have nowhere to say that they may sign.
    find: onIssuers(({ certificate, facts: { extensions }, isAnchor }) => {
      const maySign = certificate.ca && (!extensions.keyUsage || extensions.keyUsage.has('keyCertSign'))
      return !isAnchor && !maySign && 'must not sign others, and did'
    }),
  },
  {
    name: 'path-length',
    finding: 'wrong-purpose',
    grade: 'webpki',
    source: 'RFC 5280 §4.2.1.9, §6.1.4 (l), (m)',
    holds: 'No issuer has more intermediates under it than it allows; self-issued ones do not count.',
    find: onIssuers(({ facts: { extensions } }, index, { steps }) => {
      const allowed = extensions.basicConstraints?.pathLength
      const below = steps.slice(1, index).filter((each) => !each.isSelfIssued).length
      return allowed !== undefined && below > allowed && `allows ${allowed} intermediates under it, ${below} came`
    }),
  },
  {
    name: 'critical-known',
    finding: 'wrong-purpose',
    grade: 'webpki',
    source: 'RFC 5280 §4.2, §4.2.1.1, §4.2.1.2, §6.1.4 (o), §6.1.5 (f)',
    holds: 'Every critical extension is one that is understood here; key identifiers are not critical.',
    find: onEach(({ facts: { extensions } }) => {
      const unknown = extensions.critical.find((id) => !understood.has(id))
      return unknown !== undefined && `has a critical extension nobody here knows (${unknown})`
    }),
  },
  {
    name: 'extensions-once',
    finding: 'wrong-purpose',
    grade: 'webpki',
    source: 'RFC 5280 §4.2',
    holds: 'No extension stands twice: readers would disagree on which one counts.',
    find: onEach(({ facts: { extensions } }) => {
      const { ids } = extensions
      const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
      return repeated !== undefined && `has the extension ${repeated} twice`
    }),
  },
  {
    name: 'leaf-must-not-sign',
    finding: 'wrong-purpose',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.2.1.9',
    holds: "The backend's certificate, unless it is an authority's, has no key usage for signing certificates.",
    find: onLeaf(
      ({ certificate, facts: { extensions } }) =>
        !certificate.ca && extensions.keyUsage?.has('keyCertSign') && 'may sign certificates and is no authority',
    ),
  },
  {
    name: 'anchor-may-sign',
    finding: 'wrong-purpose',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.2.1.3, §4.2.1.9',
    holds: 'An anchor of version 3 that signed others says in basic constraints and key usage that it may.',
    find: onIssuers(({ facts: { version, extensions }, isAnchor }) => {
      const maySign = extensions.basicConstraints?.ca && extensions.keyUsage?.has('keyCertSign')
      return isAnchor && version === 3 && !maySign && `does not say that it may sign others (${EXTENSION.keyUsage})`
    }),
  },
]
