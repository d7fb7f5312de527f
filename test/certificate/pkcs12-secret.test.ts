import assert from 'node:assert/strict'
import test from 'node:test'
import { assertIterations, derivePkcs12, PURPOSE, secretsFor } from '../../src/certificate/pkcs12-secret.ts'

/** The vectors that OpenSSL tests its own derivation with. */
const vectors: [password: string, salt: string, purpose: 'key' | 'iv', iterations: number, derived: string][] = [
  ['smeg', '0a58cf64530d823f', 'key', 1, '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3'],
  ['smeg', '0a58cf64530d823f', 'iv', 1, '79993dfe048d3b76'],
  ['queeg', '05dec959acff72f7', 'key', 1000, 'ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4'],
  ['queeg', '05dec959acff72f7', 'iv', 1000, '11dedad7758d4860'],
]
for (const [password, salt, purpose, iterations, derived] of vectors) {
  test(`the ${purpose} derived from ${password} in ${iterations} rounds is OpenSSL's`, () => {
    const [secret] = secretsFor(password)
    assert.ok(secret)
    const wish = { purpose: PURPOSE[purpose], hash: 'sha1', salt: Buffer.from(salt, 'hex'), iterations }
    assert.equal(derivePkcs12(secret, { ...wish, length: derived.length / 2 }).toString('hex'), derived)
  })
}

test('an iteration count is refused above Java’s limit and below one, before anything is derived', () => {
  for (const count of [1, 2048, 5_000_000]) assert.equal(assertIterations(count), count)
  for (const count of [0, -1, 5_000_001, 2 ** 31 - 1]) {
    assert.throws(() => assertIterations(count), { code: 'OPERATOR_BAD_TRUST_STORE', message: /iterations/ })
  }
})

test('without a password none and Java’s usual one are tried, with a password nothing else', () => {
  assert.deepEqual(
    secretsFor(undefined).map(({ bmp }) => bmp.toString('hex')),
    ['0000', '', '006300680061006e00670065006900740000'],
  )
  assert.deepEqual(
    secretsFor('ä').map(({ utf8, bmp }) => [utf8.toString('hex'), bmp.toString('hex')]),
    [['c3a4', '00e40000']],
  )
})
