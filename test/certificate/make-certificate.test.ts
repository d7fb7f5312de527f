import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import test from 'node:test'
import { bytesOfIp } from '../../src/certificate/ip-bytes.ts'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'

test('a chain of authority, intermediate and leaf verifies link by link, and a stranger does not', async () => {
  const root = await makeCertificate({ subject: 'Root', ca: true })
  const middle = await makeCertificate({ subject: 'Middle', ca: true, issuer: root, pathLength: 0 })
  const leaf = await makeCertificate({ subject: 'leaf', issuer: middle })
  const stranger = await makeCertificate({ subject: 'Middle', ca: true })
  const [r, m, l, s] = [root, middle, leaf, stranger].map((made) => new X509Certificate(made.certificate)) as [
    X509Certificate,
    X509Certificate,
    X509Certificate,
    X509Certificate,
  ]
  assert.ok(r.ca && m.ca && !l.ca)
  assert.ok(l.checkIssued(m) && l.verify(m.publicKey))
  assert.ok(m.checkIssued(r) && m.verify(r.publicKey))
  assert.ok(!l.verify(s.publicKey))
  assert.ok(l.checkPrivateKey((await import('node:crypto')).createPrivateKey(leaf.key)))
})

test('a renewal with the same key keeps its pin', async () => {
  const first = await makeCertificate({ subject: 'a' })
  const second = await makeCertificate({ subject: 'a', privateKey: first.key })
  assert.equal(second.spkiSha256, first.spkiSha256)
  assert.notEqual(second.sha256, first.sha256)
  assert.notEqual((await makeCertificate({ subject: 'a' })).spkiSha256, first.spkiSha256)
})

const addresses: [string, string][] = [
  ['127.0.0.1', '7f000001'],
  ['::1', '00000000000000000000000000000001'],
  ['::', '00000000000000000000000000000000'],
  ['2001:db8::a:b', '20010db80000000000000000000a000b'],
  ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
]
for (const [text, hex] of addresses) {
  test(`the address ${text} has its bytes`, () => assert.equal(bytesOfIp(text).toString('hex'), hex))
}

test('what is no address has no bytes', () => assert.throws(() => bytesOfIp('a.test'), TypeError))
