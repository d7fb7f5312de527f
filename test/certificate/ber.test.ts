import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { assertShallow, childrenOf, countOf, octetsOf, oidOf, parseOne } from '../../src/certificate/ber.ts'
import { der, integer, nested, octets, oid, sequence } from '../kit/der.ts'

const bad = { code: 'OPERATOR_BAD_TRUST_STORE' }
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('reading BER', () => {
  const rows: [why: string, bytes: Buffer, children: string[]][] = [
    ['an empty sequence', hex('30 00'), []],
    ['two integers', sequence(integer(1), integer(300)), ['01', '012c']],
    ['an indefinite length', hex('30 80 02 01 05 00 00'), ['05']],
    ['indefinite lengths inside each other', hex('30 80 30 80 02 01 05 00 00 02 01 06 00 00'), ['020105', '06']],
    ['a length in more bytes than it needs', hex('30 84 00 00 00 03 02 01 07'), ['07']],
  ]
  for (const [why, bytes, children] of rows) {
    it(`${why} is split`, () => {
      const contents = childrenOf(parseOne(bytes)).map(({ content }) => content.toString('hex'))
      assert.deepEqual(contents, children)
    })
  }

  const refused: [why: string, bytes: Buffer][] = [
    ['nothing', hex('')],
    ['a tag alone', hex('30')],
    ['a length beyond the end', hex('30 05 02 01 05')],
    ['a length field that is cut off', hex('30 82 01')],
    ['a length of 2^32 - 1', hex('30 84 ff ff ff ff 02 01 05')],
    ['a length in five bytes', hex('30 85 00 00 00 00 03 02 01 07')],
    ['a tag of several bytes', hex('3f 81 00 00')],
    ['an indefinite length without an end', hex('30 80 02 01 05')],
    ['an indefinite length of something primitive', hex('04 80 00 00')],
    ['bytes after the element', hex('30 00 00')],
  ]
  for (const [why, bytes] of refused) {
    it(`${why} is refused`, () => assert.throws(() => parseOne(bytes), bad))
  }

  it('an octet string in pieces is put together, but its pieces have no pieces', () => {
    assert.equal(octetsOf(parseOne(hex('24 80 04 01 61 04 02 62 63 00 00'))).toString(), 'abc')
    assert.equal(octetsOf(parseOne(hex('a0 80 04 01 61 04 01 62 00 00')), 0x80).toString(), 'ab')
    assert.throws(() => octetsOf(parseOne(hex('24 05 24 03 04 01 61'))), bad)
  })

  it('counts and object identifiers out of range are refused, never wrapped', () => {
    assert.equal(countOf(parseOne(integer(2 ** 31))), 2 ** 31)
    for (const bytes of ['02 00', '02 01 ff', '02 07 01 00 00 00 00 00 00'])
      assert.throws(() => countOf(parseOne(hex(bytes))), bad)
    assert.equal(oidOf(parseOne(oid('2.16.840.1.101.3.4.1.42'))), '2.16.840.1.101.3.4.1.42')
    assert.equal(oidOf(parseOne(hex('06 03 88 37 03'))), '2.999.3')
    assert.throws(() => oidOf(parseOne(der(0x06, Buffer.alloc(12, 0xff)))), bad)
  })
})

describe('depth', () => {
  for (const indefinite of [false, true]) {
    const kind = indefinite ? 'indefinite' : 'definite'
    it(`a hundred thousand elements of ${kind} length inside each other are refused at once`, () => {
      const bytes = nested(100_000, { indefinite })
      const started = performance.now()
      assert.throws(() => assertShallow(bytes), { ...bad, message: /nested more than 64 deep/ })
      assert.ok(performance.now() - started < 50)
      assert.doesNotThrow(() => assertShallow(nested(60, { indefinite })))
    })
  }

  it('depth is found beside and after shallow elements, and in what an indefinite length holds', () => {
    const deep = nested(100)
    assert.throws(() => assertShallow(sequence(integer(1), octets(Buffer.alloc(200)), deep)), bad)
    assert.throws(() => assertShallow(Buffer.concat([hex('30 80 02 01 05'), deep, hex('00 00')])), bad)
    assert.doesNotThrow(() => assertShallow(sequence(...Array.from({ length: 1000 }, () => sequence(integer(1))))))
  })
})

it('any bytes are read or refused by name', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
      for (const bytes of [Buffer.from(random), Buffer.concat([hex('30 80'), random]), sequence(Buffer.from(random))]) {
        for (const read of [
          () => assertShallow(bytes),
          () => childrenOf(parseOne(bytes)).map((each) => oidOf(each)),
          () => octetsOf(childrenOf(parseOne(bytes))[0]),
        ]) {
          try {
            read()
          } catch (error) {
            assert.equal((error as { code?: string }).code, 'OPERATOR_BAD_TRUST_STORE')
          }
        }
      }
    }),
  )
})
