import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import test from 'node:test'
import { describeCertificate } from '../../src/certificate/describe-certificate.ts'
import { type CertificateWish, makeCertificate } from '../../src/certificate/make-certificate.ts'

async function describe(wish: CertificateWish) {
  const made = await makeCertificate(wish)
  return { made, record: describeCertificate(new X509Certificate(made.certificate)) }
}

test('a leaf is described with its names, dates, fingerprints and purposes', async () => {
  const ca = await makeCertificate({ subject: 'Test CA', ca: true })
  const notBefore = new Date('2026-01-01T00:00:00Z')
  const notAfter = new Date('2026-02-01T00:00:00Z')
  const sans = { dns: ['a.test'], ip: ['192.0.2.1', '2001:db8::1'] }
  const { made, record } = await describe({ subject: 'a.test', issuer: ca, sans, notBefore, notAfter })
  assert.equal(record.subject, 'CN=a.test')
  assert.equal(record.issuer, 'CN=Test CA')
  assert.equal(record.commonName, 'a.test')
  assert.deepEqual(
    record.names.map((name) => name.value),
    ['a.test', '192.0.2.1', '2001:db8::1'],
  )
  assert.deepEqual([record.notBeforeMs, record.notAfterMs], [notBefore.getTime(), notAfter.getTime()])
  assert.deepEqual([record.sha256, record.spkiSha256], [made.sha256, made.spkiSha256])
  assert.deepEqual(record.extKeyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
  assert.equal(record.ca, false)
})

const keys: { wish: Partial<CertificateWish>; key: { type: string; bits: number }; signature: string }[] = [
  { wish: {}, key: { type: 'ec', bits: 256 }, signature: 'ecdsa-with-SHA256' },
  { wish: { keyBits: 384, signatureHash: 'sha384' }, key: { type: 'ec', bits: 384 }, signature: 'ecdsa-with-SHA384' },
  { wish: { keyBits: 521 }, key: { type: 'ec', bits: 521 }, signature: 'ecdsa-with-SHA256' },
  { wish: { keyType: 'rsa' }, key: { type: 'rsa', bits: 2048 }, signature: 'sha256WithRSAEncryption' },
  {
    wish: { keyType: 'rsa', keyBits: 1024, signatureHash: 'sha1' },
    key: { type: 'rsa', bits: 1024 },
    signature: 'sha1WithRSAEncryption',
  },
]

for (const { wish, key, signature } of keys) {
  test(`a key of ${key.type} with ${key.bits} bits signed as ${signature} is told`, async () => {
    const { record } = await describe({ subject: 'x', ...wish })
    assert.deepEqual({ key: record.key, signature: record.signatureAlgorithm }, { key, signature })
  })
}

test('control characters of a subject are escaped, and an empty subject says so', async () => {
  const { record } = await describe({ subject: 'a\u001b[31m\nCN=b\u2028' })
  assert.equal(record.commonName, 'a\\u001b[31m\\u000aCN=b\\u2028')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the test.
  assert.doesNotMatch(record.subject, /[\u0000-\u001f\u2028]/)
  assert.equal((await describe({ subject: '' })).record.subject, '(empty)')
})

test('a certificate without extensions has no names and no purposes', async () => {
  const { record } = await describe({ subject: 'old.test', version: 1, sans: { dns: ['old.test'] } })
  assert.deepEqual([record.names, record.extKeyUsage, record.ca], [[], undefined, false])
})
