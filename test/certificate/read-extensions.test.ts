import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { type CertificateWish, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { type CertificateExtensions, readExtensions } from '../../src/certificate/read-extensions.ts'

const leafUsage = new Set(['digitalSignature', 'keyEncipherment'])
const caUsage = new Set(['keyCertSign', 'cRLSign'])
const usual = ['2.5.29.19', '2.5.29.15']
const cases: { why: string; wish: CertificateWish; read: CertificateExtensions }[] = [
  {
    why: 'a leaf',
    wish: { subject: 'a' },
    read: { critical: usual, keyUsage: leafUsage as never, pathLength: undefined, dnsConstraints: undefined },
  },
  {
    why: 'an authority',
    wish: { subject: 'a', ca: true },
    read: { critical: usual, keyUsage: caUsage as never, pathLength: undefined, dnsConstraints: undefined },
  },
  {
    why: 'an authority with a path length and constraints',
    wish: {
      subject: 'a',
      ca: true,
      pathLength: 3,
      nameConstraints: { permitted: ['A.test'], excluded: ['b.a.test', 'c.a.test'] },
    },
    read: {
      critical: [...usual, '2.5.29.30'],
      keyUsage: caUsage as never,
      pathLength: 3,
      dnsConstraints: { permitted: ['a.test'], excluded: ['b.a.test', 'c.a.test'] },
    },
  },
  {
    why: 'a certificate of version 1',
    wish: { subject: 'a', version: 1 },
    read: { critical: [], keyUsage: undefined, pathLength: undefined, dnsConstraints: undefined },
  },
]
for (const { why, wish, read } of cases) {
  test(`the extensions of ${why} are read`, async () => {
    assert.deepEqual(readExtensions((await makeCertificate(wish)).der), read)
  })
}

test('a certificate cut short or changed is read or not, and never throws or hangs', async () => {
  const { der } = await makeCertificate({ subject: 'a', ca: true, nameConstraints: { excluded: ['a.test'] } })
  for (let length = 0; length < der.length; length += 1)
    assert.equal(readExtensions(der.subarray(0, length)), undefined)
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(der)
      changed[at] = byte
      readExtensions(changed)
    }),
    { numRuns: 2000 },
  )
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void readExtensions(Buffer.from(bytes))))
})
