import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type CertificateWish, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { type CertificateFacts, readCertificate } from '../../src/certificate/read-certificate.ts'

const leafUsage = ['digitalSignature', 'keyEncipherment']
const caUsage = ['keyCertSign', 'cRLSign']
const usual = ['2.5.29.19', '2.5.29.15']

describe('what Node does not tell of a certificate is read from its bytes', () => {
  const cases: { why: string; wish: CertificateWish; told: unknown }[] = [
    {
      why: 'a leaf',
      wish: { subject: 'a', sans: { dns: ['A.test'], ip: ['192.0.2.1'] } },
      told: {
        version: 3,
        subject: ['a'],
        critical: usual,
        keyUsage: leafUsage,
        basicConstraints: { ca: false, pathLength: undefined },
        names: ['dns A.test', 'ip \xc0\x00\x02\x01'],
        constraints: undefined,
      },
    },
    {
      why: 'an authority with a path length and constraints',
      wish: {
        subject: 'a',
        ca: true,
        pathLength: 3,
        nameConstraints: { permitted: ['A.test'], excluded: ['b.a.test', 'c.a.test'] },
      },
      told: {
        version: 3,
        subject: ['a'],
        critical: [...usual, '2.5.29.30'],
        keyUsage: caUsage,
        basicConstraints: { ca: true, pathLength: 3 },
        names: undefined,
        constraints: { permitted: ['dns A.test'], excluded: ['dns b.a.test', 'dns c.a.test'] },
      },
    },
    {
      why: 'a certificate of version 1',
      wish: { subject: '', version: 1 },
      told: {
        version: 1,
        subject: [],
        critical: [],
        keyUsage: undefined,
        basicConstraints: undefined,
        names: undefined,
        constraints: undefined,
      },
    },
  ]
  for (const { why, wish, told } of cases) {
    it(`of ${why}`, async () => {
      const facts = readCertificate((await makeCertificate(wish)).der)
      assert.deepEqual(facts && summary(facts), told)
    })
  }

  it('keys tell who issued whom', async () => {
    const ca = await makeCertificate({ subject: 'ca', ca: true })
    const leaf = await makeCertificate({ subject: 'leaf', issuer: ca })
    const [above, below] = [ca, leaf].map(({ der }) => readCertificate(der)?.extensions)
    assert.match(above?.subjectKeyId ?? '', /^[0-9a-f]{40}$/)
    assert.equal(below?.authorityKeyId, above?.subjectKeyId)
    assert.notEqual(below?.subjectKeyId, above?.subjectKeyId)
  })
})

it('a certificate cut short or changed is read or not, and never throws or hangs', async () => {
  const { der } = await makeCertificate({ subject: 'a', ca: true, nameConstraints: { excluded: ['a.test'] } })
  for (let length = 0; length < der.length; length += 1)
    assert.equal(readCertificate(der.subarray(0, length)), undefined)
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(der)
      changed[at] = byte
      readCertificate(changed)
    }),
    { numRuns: 2000 },
  )
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void readCertificate(Buffer.from(bytes))))
})

function summary({ version, subject, extensions }: CertificateFacts): unknown {
  const { critical, keyUsage, basicConstraints, names, nameConstraints } = extensions
  const text = ({ kind, bytes }: { kind: string; bytes: Buffer }) => `${kind} ${bytes.toString('latin1')}`
  return {
    version,
    subject: subject.flat().map(({ value }) => value),
    critical,
    keyUsage: keyUsage && [...keyUsage],
    basicConstraints,
    names: names?.map(text),
    constraints: nameConstraints && {
      permitted: nameConstraints.permitted.map(text),
      excluded: nameConstraints.excluded.map(text),
    },
  }
}
