/** The demo's list is a list like any other: our own reader believes it, and openssl verifies it. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { makeRevocationList } from '../../src/certificate/make-revocation-list.ts'
import { parseCrl } from '../../src/certificate/parse-crl.ts'
import { readList } from '../../src/revocation/read-list.ts'
import { makeFolder } from '../cli/run-cli.ts'

const issuer = await makeCertificate({ subject: 'CA', ca: true })
const leaf = await makeCertificate({ subject: 'leaf', issuer, serial: Buffer.from('0102', 'hex') })
const revokedAt = new Date('2026-11-18T01:02:03Z')
const dates = { thisUpdate: new Date('2026-11-19T00:00:00Z'), nextUpdate: new Date('2026-11-27T00:00:00Z') }
const list = await makeRevocationList({ issuer, revoked: [leaf], revokedAt, ...dates })

test('a made list is one of its issuer and of nobody else', async () => {
  const other = await makeCertificate({ subject: 'CA', ca: true })
  assert.ok('list' in readList(list, [issuer.der]))
  assert.ok('fault' in readList(list, [other.der]))
  const { revoked, thisUpdateMs, nextUpdateMs } = parseCrl(list)
  assert.deepEqual(revoked, [{ serial: '0102', revokedAtMs: revokedAt.getTime(), reason: undefined }])
  assert.deepEqual([thisUpdateMs, nextUpdateMs], [dates.thisUpdate.getTime(), dates.nextUpdate.getTime()])
})

test('openssl verifies a made list', (t) => {
  const folder = makeFolder(t, { 'ca.pem': issuer.certificate })
  const args = ['crl', '-inform', 'DER', '-noout', '-verify', '-CAfile', path.join(folder, 'ca.pem')]
  execFileSync('openssl', args, { input: list, stdio: 'pipe' })
})
