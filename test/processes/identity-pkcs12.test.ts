/** Key pairs in PKCS#12 as OpenSSL writes them, with the ciphers of today and of old. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { before, describe, it, type TestContext } from 'node:test'
import { needTools } from '../../bench/rig/tools.ts'
import { loadIdentity } from '../../src/processes/control/versions/identity-reader.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { runProgram } from '../kit/start-sidecar.ts'

const { leaf, ca } = await makeTrust(['gateway.example'])
before(() => needTools(['openssl']))

/** Makes identities/gateway with a tls.p12 in it, and whatever else is said. */
async function folderWith(t: TestContext, args: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-p12-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const inside = path.join(folder, 'gateway')
  mkdirSync(inside)
  const at = (name: string) => path.join(folder, name)
  writeFileSync(at('leaf.pem'), leaf.certificate)
  writeFileSync(at('key.pem'), leaf.key)
  writeFileSync(at('ca.pem'), ca.certificate)
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(inside, name), text)
  const usual = ['pkcs12', '-export', '-out', path.join(inside, 'tls.p12'), '-passout', 'pass:secret word']
  const { code, stderr } = await runProgram('openssl', [...usual, ...args], { cwd: folder })
  assert.equal(code, 0, stderr)
  return folder
}

const whole = ['-in', 'leaf.pem', '-inkey', 'key.pem', '-certfile', 'ca.pem']
const password = { 'tls.p12.password': 'secret word\n' }

describe('a key pair in PKCS#12', () => {
  for (const [reason, args] of [
    ['as OpenSSL writes it', []],
    ['as older tools wrote it', ['-legacy']],
    ['with 3DES', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES']],
    ['with nothing encrypted', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
  ] as const) {
    it(`is taken ${reason}, the leaf first`, async (t) => {
      const identity = await loadIdentity(await folderWith(t, [...whole, ...args], password), 'gateway')
      const { certificate, key, sha256 } = identity
      assert.equal(sha256, leaf.sha256)
      assert.ok(new X509Certificate(certificate).subject.includes('gateway.example'))
      assert.equal(certificate.match(/BEGIN CERTIFICATE/g)?.length, 2)
      assert.match(key, /^-----BEGIN PRIVATE KEY-----/)
    })
  }

  for (const [reason, args, files, says] of [
    ['a wrong password', whole, { 'tls.p12.password': 'other' }, /the password is wrong/],
    ['no password', whole, {}, /needs a password/],
    ['no private key', ['-in', 'leaf.pem', '-nokeys'], password, /holds no private key/],
    [
      'a second key beside it',
      ['-in', 'leaf.pem', '-inkey', 'key.pem'],
      { ...password, 'tls.key': leaf.key },
      /stands beside tls\.key/,
    ],
  ] as const) {
    it(`is OPERATOR_BAD_IDENTITY with ${reason}`, async (t) => {
      const folder = await folderWith(t, args, files)
      await assert.rejects(loadIdentity(folder, 'gateway'), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'OPERATOR_BAD_IDENTITY')
        assert.match(error.message, says)
        assert.ok(!error.message.includes('secret word'))
        return true
      })
    })
  }
})
