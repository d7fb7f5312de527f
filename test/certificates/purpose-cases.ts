import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { authority, behind, middle, sans, type Twin } from './twin.ts'

const KEY_USAGE = '2.5.29.15'
const PRIVATE = '1.3.6.1.4.1.99999.1'
const wrong = { finds: ['wrong-purpose'] } as const
/** DER of a key usage with these bits, the first one leftmost. */
const usage = (bits: number) => ({ id: KEY_USAGE, critical: true, value: Buffer.from([3, 2, 0, bits]) })
const leaf = (as: string, wish: NonNullable<Twin['passes']['leaf']>) => ({ as, leaf: wish })

const self = await makeCertificate({ subject: 'Self', ca: true, sans, extensions: [usage(0x84)] })
const silentRoot = await makeCertificate({ subject: 'Silent', ca: true, extensions: [{ id: KEY_USAGE, times: 0 }] })
const old = await makeCertificate({ subject: 'Old', version: 1 })
const short = await authority({ pathLength: 0 })
const belowShort = await makeCertificate({ subject: 'Below', ca: true, issuer: short })
const oneMore = await authority({ subject: 'One', pathLength: 1 })
const first = await makeCertificate({ subject: 'First', ca: true, issuer: oneMore })
const selfIssued = await makeCertificate({ subject: 'First', ca: true, issuer: first })
const second = await makeCertificate({ subject: 'Second', ca: true, issuer: first })

export const purposeCases: readonly Twin[] = [
  {
    check: 'server-purpose',
    reason: 'a certificate for callers proves nothing about a backend',
    passes: leaf('a purpose for servers', { extKeyUsage: ['serverAuth'] }),
    fails: { ...leaf('a purpose for callers', { extKeyUsage: ['clientAuth'] }), ...wrong },
  },
  {
    check: 'server-purpose',
    reason: 'any purpose is too many (OpenSSL and the baseline requirements agree)',
    passes: leaf('a purpose for servers and any other', { extKeyUsage: ['any', 'serverAuth'] }),
    fails: { ...leaf('any purpose alone', { extKeyUsage: ['any'] }), ...wrong },
  },
  {
    check: 'server-purpose',
    reason: 'without the extension there is no restriction',
    passes: leaf('no purpose told', { extKeyUsage: [] }),
    fails: { ...leaf('a purpose for OCSP', { extKeyUsage: ['ocspSigning'] }), ...wrong },
  },
  {
    check: 'server-purpose',
    reason: 'an issuer for something else cannot vouch for servers',
    passes: behind(await authority({ extKeyUsage: ['serverAuth'] }), 'an issuer for servers'),
    fails: { ...behind(await authority({ extKeyUsage: ['codeSigning'] }), 'an issuer for code'), ...wrong },
  },
  {
    check: 'leaf-key-usage',
    reason: 'TLS signs with the key, or encrypts to it',
    passes: leaf('a key for signatures', { extensions: [usage(0x80)] }),
    fails: { ...leaf('a key for data', { extensions: [usage(0x10)] }), ...wrong },
  },
  {
    check: 'leaf-key-usage',
    reason: 'without the extension there is no restriction',
    passes: leaf('no key usage', { extensions: [{ id: KEY_USAGE, times: 0 }] }),
    fails: { ...leaf('a key to be held to one’s word', { extensions: [usage(0x40)] }), ...wrong },
  },
  {
    check: 'leaf-no-authority',
    reason: 'who may vouch for all does not serve',
    passes: behind(middle, 'a certificate by an authority'),
    fails: { ...leaf('that of an authority', { ca: true }), ...wrong },
  },
  {
    check: 'leaf-no-authority',
    reason: 'tools make self-signed certificates as authorities, and the operator trusts that very one',
    passes: { as: 'a self-signed authority that is trusted', made: self, trusted: [self] },
    fails: {
      as: 'an authority under a trusted one',
      made: await authority({ subject: 'x', sans, extensions: [usage(0x84)] }),
      ...wrong,
    },
  },
  {
    check: 'leaf-version',
    reason: 'version 1 has no names to check',
    passes: leaf('version 3', { version: 3 }),
    fails: { ...leaf('version 1', { version: 1 }), finds: ['name-mismatch', 'wrong-purpose'] },
  },
  {
    check: 'leaf-version',
    reason: 'version 2 cannot say what it is for, whatever extensions it has',
    passes: leaf('version 3 and a unique subject', { subject: 'unique' }),
    fails: { ...leaf('version 2', { version: 2 }), ...wrong },
  },
  {
    check: 'issuer-may-sign',
    reason: 'a leaf must not sign others (OpenSSL does not even take it for the issuer)',
    passes: behind(await authority(), 'an authority above it'),
    fails: {
      ...behind(await authority({ ca: false }), 'a leaf above it'),
      isOpenssls: true,
      finds: ['untrusted-issuer', 'wrong-purpose'],
    },
  },
  {
    check: 'issuer-may-sign',
    reason: 'an authority for revocation lists alone must not sign certificates',
    passes: behind(await authority({ extensions: [usage(0x04)] }), 'an issuer for certificates'),
    fails: {
      ...behind(await authority({ extensions: [usage(0x02)] }), 'an issuer for revocation lists'),
      isOpenssls: true,
      finds: ['untrusted-issuer', 'wrong-purpose'],
    },
  },
  {
    check: 'issuer-may-sign',
    reason: 'version 1 cannot say that it may, unless the operator trusts it',
    passes: { ...leaf('a root of version 1', { issuer: old, keyIdentifiers: false }), trusted: [old] },
    fails: {
      ...behind(await authority({ version: 1 }), 'an issuer of version 1', { keyIdentifiers: false }),
      ...wrong,
    },
  },
  {
    check: 'path-length',
    reason: 'no intermediate may follow one that allows none',
    passes: behind(short, 'an issuer that allows none under it'),
    fails: { as: 'one intermediate too many', leaf: { issuer: belowShort }, sent: [belowShort, short], ...wrong },
  },
  {
    check: 'path-length',
    reason: 'an authority that certifies its own new key is no further one',
    passes: { as: 'a self-issued intermediate', leaf: { issuer: selfIssued }, sent: [selfIssued, first, oneMore] },
    fails: {
      as: 'another intermediate in its place',
      leaf: { issuer: second },
      sent: [second, first, oneMore],
      ...wrong,
    },
  },
  {
    check: 'critical-known',
    reason: 'critical means: who does not know this must refuse',
    passes: leaf('an extension nobody knows', { extensions: [{ id: PRIVATE, value: Buffer.from([5, 0]) }] }),
    fails: {
      ...leaf('the same as critical', { extensions: [{ id: PRIVATE, critical: true, value: Buffer.from([5, 0]) }] }),
      ...wrong,
    },
  },
  {
    check: 'critical-known',
    reason: 'the same goes for an issuer',
    passes: behind(
      await authority({ extensions: [{ id: PRIVATE, value: Buffer.from([5, 0]) }] }),
      'an issuer with an extension nobody knows',
    ),
    fails: {
      ...behind(
        await authority({ extensions: [{ id: PRIVATE, critical: true, value: Buffer.from([5, 0]) }] }),
        'an issuer with that as critical',
      ),
      ...wrong,
    },
  },
  {
    check: 'critical-known',
    reason: 'a key identifier helps to find an issuer, who does not know it can do without',
    passes: leaf('a plain key identifier', { extensions: [{ id: '2.5.29.14', critical: false }] }),
    fails: { ...leaf('a critical one', { extensions: [{ id: '2.5.29.14', critical: true }] }), ...wrong },
  },
  {
    check: 'extensions-once',
    reason: 'of two, readers would believe different ones',
    passes: leaf('an extension once', { extensions: [{ id: PRIVATE, value: Buffer.from([5, 0]) }] }),
    fails: { ...leaf('it twice', { extensions: [{ id: PRIVATE, value: Buffer.from([5, 0]), times: 2 }] }), ...wrong },
  },
  {
    check: 'extensions-once',
    reason: 'two lists of names hide one from whoever reads the other',
    passes: leaf('its names once', { extensions: [{ id: '2.5.29.17', times: 1 }] }),
    fails: {
      ...leaf('its names twice', { extensions: [{ id: '2.5.29.17', times: 2 }] }),
      finds: ['untrusted-issuer', 'wrong-purpose'],
    },
  },
  {
    check: 'readable',
    reason: 'what cannot be read is not taken for good',
    passes: leaf('names that can be read', { extensions: [{ id: '2.5.29.17', critical: true }] }),
    fails: {
      ...leaf('key identifiers that are cut off', {
        extensions: [{ id: '2.5.29.35', value: Buffer.from([0x30, 9, 0x80]) }],
      }),
      finds: ['untrusted-issuer', 'wrong-purpose'],
    },
  },
  {
    check: 'leaf-must-not-sign',
    reason: 'RFC 5280 wants key usage and basic constraints to agree',
    passes: leaf('a leaf that may sign certificates, at webpki', { extensions: [usage(0x84)] }),
    fails: { ...leaf('the same, at rfc5280', { extensions: [usage(0x84)] }), grade: 'rfc5280', ...wrong },
  },
  {
    check: 'anchor-may-sign',
    reason: 'RFC 5280 wants an authority to say what it may; the operator has said so at webpki',
    passes: { ...leaf('a root without key usage', { issuer: silentRoot }), trusted: [silentRoot] },
    fails: {
      ...leaf('the same, at rfc5280', { issuer: silentRoot }),
      trusted: [silentRoot],
      grade: 'rfc5280',
      ...wrong,
    },
  },
]
