import assert from 'node:assert/strict'
import test from 'node:test'
import { decryptRc2Cbc } from '../../src/certificate/rc2.ts'

/** RFC 2268, section 5. */
const vectors: [key: string, effectiveBits: number, plain: string, cipher: string][] = [
  ['0000000000000000', 63, '0000000000000000', 'ebb773f993278eff'],
  ['ffffffffffffffff', 64, 'ffffffffffffffff', '278b27e42e2f0d49'],
  ['3000000000000000', 64, '1000000000000001', '30649edf9be7d2c2'],
  ['88', 64, '0000000000000000', '61a8a244adacccf0'],
  ['88bca90e90875a', 64, '0000000000000000', '6ccf4308974c267f'],
  ['88bca90e90875a7f0f79c384627bafb2', 64, '0000000000000000', '1a807d272bbe5db1'],
  ['88bca90e90875a7f0f79c384627bafb2', 128, '0000000000000000', '2269552ab0f85ca6'],
  ['88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e', 129, '0000000000000000', '5b78d3a43dfff1f1'],
]

for (const [key, effectiveBits, plain, cipher] of vectors) {
  test(`RC2 with the key ${key} of ${effectiveBits} effective bits decrypts the vector of RFC 2268`, () => {
    const options = { key: Buffer.from(key, 'hex'), effectiveBits, iv: Buffer.alloc(8) }
    assert.equal(decryptRc2Cbc(Buffer.from(cipher, 'hex'), options).toString('hex'), plain)
    const others = { ...options, key: Buffer.from(`77${key.slice(2)}`, 'hex') }
    assert.notEqual(decryptRc2Cbc(Buffer.from(cipher, 'hex'), others).toString('hex'), plain)
  })
}

test('each block is chained to the one before, and the first to the IV', () => {
  const block = Buffer.from('61a8a244adacccf0', 'hex')
  const options = { key: Buffer.from('88', 'hex'), effectiveBits: 64, iv: Buffer.from('0102030405060708', 'hex') }
  const plain = decryptRc2Cbc(Buffer.concat([block, block]), options)
  assert.equal(plain.toString('hex'), `0102030405060708${block.toString('hex')}`)
})
