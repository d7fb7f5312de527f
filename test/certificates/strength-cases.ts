import { generateKeyPairSync } from 'node:crypto'
import { type CertificateWish, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { authority, behind, type Twin } from './twin.ts'

// Keys are the expensive part, so each kind is made once.
const rsa = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const [rsa1024, rsa2048, rsa2052, rsa2056] = [rsa(1024), rsa(2048), rsa(2052), rsa(2056)]
const curve = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

const leaf = (as: string, wish: Partial<CertificateWish>) => ({ as, leaf: wish })
const weakKey = { finds: ['weak-key'] } as const
const weakSignature = { finds: ['weak-signature'] } as const

const rsaRoot = await makeCertificate({ subject: 'RSA Root', ca: true, privateKey: rsa2048 })
const sha1Root = await makeCertificate({ subject: 'Old Root', ca: true, privateKey: rsa2048, signatureHash: 'sha1' })
const dsaRoot = await makeCertificate({ subject: 'DSA Root', ca: true, keyType: 'dsa', keyBits: 2048 })
const signed = (as: string, wish: Partial<CertificateWish>) => ({
  as,
  leaf: { issuer: rsaRoot, ...wish },
  trusted: [rsaRoot],
})

export const strengthCases: readonly Twin[] = [
  {
    check: 'modulus-size',
    reason: '1024 bits can be factored by those who want to',
    passes: leaf('an RSA key of 2048 bits', { privateKey: rsa2048 }),
    fails: { ...leaf('an RSA key of 1024 bits', { privateKey: rsa1024 }), ...weakKey },
  },
  {
    check: 'modulus-size',
    reason: 'a weak key above is as bad as one below',
    passes: behind(await authority({ privateKey: rsa2056 }), 'an issuer with 2056 bits'),
    fails: { ...behind(await authority({ privateKey: rsa1024 }), 'an issuer with 1024 bits'), ...weakKey },
  },
  {
    check: 'modulus-size',
    reason: 'a rule can lower the level for one old backend',
    passes: { ...leaf('an RSA key of 1024 bits at level 1', { privateKey: rsa1024 }), securityLevel: 1 },
    fails: { ...leaf('the same at level 2', { privateKey: rsa1024 }), securityLevel: 2, ...weakKey },
  },
  {
    check: 'modulus-whole-bytes',
    reason: 'an odd size comes from a broken generator',
    passes: leaf('an RSA key of 2056 bits', { privateKey: rsa2056 }),
    fails: { ...leaf('an RSA key of 2052 bits', { privateKey: rsa2052 }), ...weakKey },
  },
  {
    check: 'modulus-whole-bytes',
    reason: 'an old backend may keep its key',
    passes: { ...leaf('an RSA key of 2052 bits at level 1', { privateKey: rsa2052 }), securityLevel: 1 },
    fails: { ...behind(await authority({ privateKey: rsa2052 }), 'an issuer with 2052 bits'), ...weakKey },
  },
  {
    check: 'curve-size',
    reason: '192 bits are 96 of strength',
    passes: behind(await authority({ privateKey: curve('P-224') }), 'an issuer on P-224'),
    fails: { ...behind(await authority({ privateKey: curve('P-192') }), 'an issuer on P-192'), ...weakKey },
  },
  {
    check: 'no-dsa',
    reason: 'nobody signs with DSA any more (FIPS 186-5)',
    passes: { ...leaf('a root with RSA', { issuer: rsaRoot }), trusted: [rsaRoot] },
    fails: { ...leaf('a root with DSA', { issuer: dsaRoot }), trusted: [dsaRoot], ...weakKey },
  },
  {
    check: 'no-dsa',
    reason: 'except behind one old backend',
    passes: { ...leaf('a root with DSA at level 1', { issuer: dsaRoot }), trusted: [dsaRoot], securityLevel: 1 },
    fails: { ...leaf('a root with DSA at level 2', { issuer: dsaRoot }), trusted: [dsaRoot], ...weakKey },
  },
  {
    check: 'signature-hash',
    reason: 'SHA-1 collides',
    passes: leaf('a signature with SHA-384', { signatureHash: 'sha384' }),
    fails: { ...leaf('a signature with SHA-1', { signatureHash: 'sha1' }), ...weakSignature },
  },
  {
    check: 'signature-hash',
    reason: 'MD5 has forged an authority',
    passes: signed('an RSA signature with SHA-512', { signatureHash: 'sha512' }),
    fails: { ...signed('an RSA signature with MD5', { signatureHash: 'md5' }), ...weakSignature },
  },
  {
    check: 'signature-hash',
    reason: 'PSS hides its hash in parameters',
    passes: signed('a PSS signature with SHA-256', { pss: true }),
    fails: { ...signed('a PSS signature with SHA-1', { pss: true, signatureHash: 'sha1' }), ...weakSignature },
  },
  {
    check: 'signature-hash',
    reason: 'the signature of a root proves nothing anyway, that of an intermediate does',
    passes: { ...leaf('a root that signed itself with SHA-1', { issuer: sha1Root }), trusted: [sha1Root] },
    fails: { ...behind(await authority({ signatureHash: 'sha1' }), 'an issuer signed with SHA-1'), ...weakSignature },
  },
  {
    check: 'signature-hash',
    reason: 'level 0 takes SHA-1, level 1 does not',
    passes: { ...leaf('a signature with SHA-1 at level 0', { signatureHash: 'sha1' }), securityLevel: 0 },
    fails: { ...leaf('the same at level 1', { signatureHash: 'sha1' }), securityLevel: 1, ...weakSignature },
  },
]
