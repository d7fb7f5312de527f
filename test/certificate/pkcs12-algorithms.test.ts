import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import test from 'node:test'
import { parseOne } from '../../src/certificate/ber.ts'
import { readEncryption } from '../../src/certificate/pkcs12-algorithms.ts'
import { secretsFor } from '../../src/certificate/pkcs12-secret.ts'
import { legacyPbe, pbes2 } from '../kit/hostile-pkcs12.ts'

const [secret] = secretsFor('x')
const key = crypto.pbkdf2Sync('x', 'saltsalt', 1, 32, 'sha1')

/** Encrypts these blocks as they are and opens them again. */
function opened(blocks: string): string | undefined {
  const cipher = crypto.createCipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false)
  const bytes = Buffer.concat([cipher.update(Buffer.from(blocks, 'hex')), cipher.final()])
  assert.ok(secret)
  return readEncryption(parseOne(pbes2(1)))(secret, bytes)?.toString('hex')
}

const rows: [why: string, blocks: string, plain: string | undefined][] = [
  ['one byte of padding', `${'aa'.repeat(15)}01`, 'aa'.repeat(15)],
  ['a block of padding', '10'.repeat(16), ''],
  ['no padding', 'aa'.repeat(16), undefined],
  ['a padding of nothing', '00'.repeat(16), undefined],
  ['a padding longer than a block', '11'.repeat(16), undefined],
  ['a padding whose bytes differ', `${'aa'.repeat(13)}030103`, undefined],
]
for (const [why, blocks, plain] of rows) {
  test(`a part with ${why} is ${plain === undefined ? 'one that the secret does not open' : 'opened'}`, () => {
    assert.equal(opened(blocks), plain)
  })
}

test('RC4, which nobody should meet any more, is refused by its number', () => {
  assert.throws(() => readEncryption(parseOne(legacyPbe(2, 1))), {
    message: /not known here \(1\.2\.840\.113549\.1\.12\.1\.2\)/,
  })
})
