import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { SidecarError } from '../../../../src/errors.ts'
import { IdentityReader, loadIdentity } from '../../../../src/processes/control/versions/identity-reader.ts'
import { makeTrust } from '../../../kit/make-trust.ts'

const { leaf, ca } = await makeTrust()

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-identities-'))
  mkdirSync(path.join(folder, 'exchange'))
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, 'exchange', name), text)
  return folder
}

test('a key pair is loaded with the fingerprint of its leaf', async () => {
  const folder = folderWith({ 'tls.crt': leaf.certificate + ca.certificate, 'tls.key': leaf.key })
  const identity = await loadIdentity(folder, 'exchange')
  assert.equal(identity.name, 'exchange')
  assert.equal(identity.certificate, leaf.certificate + ca.certificate)
  assert.match(identity.sha256, /^[0-9a-f]{64}$/)
})

const secret = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n'
const rows: { name: string; files: Record<string, string>; asked?: string; message: RegExp }[] = [
  { name: 'no key', files: { 'tls.crt': leaf.certificate }, message: /tls\.key cannot be read: ENOENT/ },
  { name: 'no certificate', files: { 'tls.key': leaf.key }, message: /tls\.crt cannot be read: ENOENT/ },
  {
    name: 'a key of another certificate',
    files: { 'tls.crt': leaf.certificate, 'tls.key': ca.key },
    message: /not the key of the first certificate/,
  },
  {
    name: 'a key that is none',
    files: { 'tls.crt': leaf.certificate, 'tls.key': secret },
    message: /tls\.key is not PEM/,
  },
  {
    name: 'a certificate that is none',
    files: { 'tls.crt': 'x', 'tls.key': leaf.key },
    message: /tls\.crt is not PEM/,
  },
  { name: 'a name that leaves the folder', files: {}, asked: '../exchange', message: /a name is letters/ },
]
for (const { name, files, asked = 'exchange', message } of rows) {
  test(`${name} is OPERATOR_BAD_IDENTITY and says nothing of the secret`, async () => {
    await assert.rejects(loadIdentity(folderWith(files), asked), (error) => {
      assert.ok(error instanceof SidecarError && error.code === 'OPERATOR_BAD_IDENTITY')
      assert.match(error.message, message)
      assert.doesNotMatch(JSON.stringify([error.message, error.details]), /c2VjcmV0/)
      return true
    })
  })
}

test('a pair that turns bad stays as it was, and the reading says so', async () => {
  const folder = folderWith({ 'tls.crt': leaf.certificate, 'tls.key': leaf.key })
  const reader = new IdentityReader(folder)
  const first = await reader.read(['exchange'])
  assert.deepEqual(first.problems, [])
  writeFileSync(path.join(folder, 'exchange', 'tls.key'), ca.key)
  const second = await reader.read(['exchange'])
  assert.equal(second.identities.exchange, first.identities.exchange)
  assert.equal(second.problems.length, 1)
  assert.deepEqual((await reader.read([])).identities, {})
})
