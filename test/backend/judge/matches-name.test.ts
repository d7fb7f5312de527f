import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import test from 'node:test'
import { matchesName } from '../../../src/backend/judge/matches-name.ts'
import { makeCertificate, type SubjectNames } from '../../../src/certificate/make-certificate.ts'
import { parseSubjectNames } from '../../../src/certificate/parse-subject-names.ts'

const { key } = await makeCertificate({ subject: 'key' })
const cases: { why: string; sans: SubjectNames; subject?: string; host: string; matches: boolean }[] = [
  { why: 'the same name', sans: { dns: ['a.test'] }, host: 'a.test', matches: true },
  { why: 'the same name in upper case', sans: { dns: ['A.Test'] }, host: 'a.test', matches: true },
  { why: 'another name', sans: { dns: ['b.test'] }, host: 'a.test', matches: false },
  { why: 'a name below it', sans: { dns: ['a.test'] }, host: 'x.a.test', matches: false },
  { why: 'a name with a dot at its end', sans: { dns: ['a.test.'] }, host: 'a.test', matches: false },
  { why: 'no name, but the common name', sans: {}, subject: 'a.test', host: 'a.test', matches: false },
  {
    why: 'another name, but the common name',
    sans: { dns: ['b.test'] },
    subject: 'a.test',
    host: 'a.test',
    matches: false,
  },

  { why: 'a wildcard for one label', sans: { dns: ['*.a.test'] }, host: 'x.a.test', matches: true },
  { why: 'a wildcard and the parent itself', sans: { dns: ['*.a.test'] }, host: 'a.test', matches: false },
  { why: 'a wildcard and two labels', sans: { dns: ['*.a.test'] }, host: 'y.x.a.test', matches: false },
  { why: 'a wildcard alone', sans: { dns: ['*'] }, host: 'test', matches: false },
  { why: 'a wildcard over a top-level name', sans: { dns: ['*.test'] }, host: 'a.test', matches: false },
  { why: 'a wildcard as a part of a label', sans: { dns: ['f*.a.test'] }, host: 'foo.a.test', matches: false },
  { why: 'a wildcard at the end of a label', sans: { dns: ['*o.a.test'] }, host: 'foo.a.test', matches: false },
  { why: 'a wildcard between letters', sans: { dns: ['f*a.test'] }, host: 'x.a.test', matches: false },
  { why: 'two wildcards', sans: { dns: ['*.*.a.test'] }, host: 'x.y.a.test', matches: false },
  { why: 'a wildcard in the middle', sans: { dns: ['x.*.a.test'] }, host: 'x.y.a.test', matches: false },
  {
    why: 'a wildcard over an international label',
    sans: { dns: ['*.a.test'] },
    host: 'xn--bcher-kva.a.test',
    matches: true,
  },
  {
    why: 'a wildcard inside an international label',
    sans: { dns: ['xn--*.a.test'] },
    host: 'xn--bcher-kva.a.test',
    matches: false,
  },
  { why: 'a wildcard in the common name', sans: {}, subject: '*.a.test', host: 'x.a.test', matches: false },

  { why: 'a NUL behind the name', sans: { dns: ['a.test\0.evil.test'] }, host: 'a.test', matches: false },
  { why: 'an entry hidden in a name', sans: { dns: ['x, DNS:a.test'] }, host: 'a.test', matches: false },
  { why: 'an entry hidden in a URI', sans: { uri: ['http://x/, DNS:a.test'] }, host: 'a.test', matches: false },
  { why: 'the name as URI', sans: { uri: ['a.test'] }, host: 'a.test', matches: false },
  { why: 'the name as mail address', sans: { email: ['a.test'] }, host: 'a.test', matches: false },

  { why: 'the same address', sans: { ip: ['192.0.2.1'] }, host: '192.0.2.1', matches: true },
  { why: 'another address', sans: { ip: ['192.0.2.2'] }, host: '192.0.2.1', matches: false },
  { why: 'the address as host name', sans: { dns: ['192.0.2.1'] }, host: '192.0.2.1', matches: false },
  { why: 'the address as common name', sans: {}, subject: '192.0.2.1', host: '192.0.2.1', matches: false },
  { why: 'a wildcard over an address', sans: { dns: ['*.0.2.1'] }, host: '192.0.2.1', matches: false },
  {
    why: 'the same IPv6 address, written out',
    sans: { ip: ['2001:db8:0:0:0:0:0:1'] },
    host: '2001:db8::1',
    matches: true,
  },
  { why: 'another IPv6 address', sans: { ip: ['2001:db8::2'] }, host: '2001:db8::1', matches: false },
  { why: 'an IPv4 address in an IPv6 one', sans: { ip: ['::ffff:192.0.2.1'] }, host: '192.0.2.1', matches: false },
]

for (const { why, sans, subject = 'x', host, matches } of cases) {
  test(`${host} is ${matches ? '' : 'not '}covered by ${why}`, async () => {
    const made = await makeCertificate({ subject, sans, privateKey: key })
    const names = parseSubjectNames(new X509Certificate(made.certificate).subjectAltName)
    assert.equal(matchesName(names, host), matches)
  })
}

test('an address that cannot be read covers no host', () => {
  for (const value of ['<invalid>', '', '192.0.2', '192.0.2.0/24']) {
    assert.equal(matchesName([{ kind: 'ip', value }], '192.0.2.0'), false, value)
  }
})
