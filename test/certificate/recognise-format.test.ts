import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { recogniseFormat } from '../../src/certificate/recognise-format.ts'

const made = await makeCertificate({ subject: 'x' })
const cases: { format: string; bytes: Buffer }[] = [
  { format: 'pem', bytes: Buffer.from(made.certificate) },
  { format: 'pem', bytes: Buffer.from(`# a comment\n${made.certificate}`) },
  { format: 'der', bytes: made.der },
  { format: 'pkcs7', bytes: Buffer.from('308204d106092a864886f70d010702a08204c2', 'hex') },
  { format: 'pkcs12', bytes: Buffer.from('308209d50201033082099b06092a864886f70d010701', 'hex') },
  { format: 'jks', bytes: Buffer.from('feedfeed00000002', 'hex') },
  { format: 'jceks', bytes: Buffer.from('cececece00000002', 'hex') },
  { format: 'bks', bytes: Buffer.from('0000000200000014', 'hex') },
  { format: 'unknown', bytes: Buffer.from('hello, world') },
  { format: 'unknown', bytes: Buffer.alloc(0) },
]

for (const { format, bytes } of cases) {
  test(`${bytes.length} bytes beginning ${bytes.toString('hex', 0, 4)} are ${format}`, () => {
    assert.equal(recogniseFormat(bytes), format)
  })
}

test('no bytes make it throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void recogniseFormat(Buffer.from(bytes))))
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void recogniseFormat(Buffer.from([0x30, 0x82, ...bytes]))))
})
