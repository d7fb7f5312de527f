/**
 * Goal: files that no program would write, each made to hurt whoever reads it, are refused at once and by name. Method:
 * they are written by hand, beside an honest twin where the point is a single number.
 */
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { describe, it } from 'node:test'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { type ContainerFormat, parseContainer } from '../../src/certificate/parse-container.ts'
import { der, integer, nested, oid, sequence } from '../kit/der.ts'
import {
  bag,
  certificateValue,
  encrypted,
  honestPkcs12,
  legacyPbe,
  mac,
  pbes2,
  pbmac1,
  pfx,
  plain,
  shroudedKey,
} from '../kit/hostile-pkcs12.ts'

const one = await makeCertificate({ subject: 'One', ca: true })
const two = await makeCertificate({ subject: 'Two', ca: true })

const TIME_LIMIT_MS = 50

/** Asserts that it is refused with these words, at once. */
function refuse(format: ContainerFormat, bytes: Buffer, message: RegExp): void {
  const started = process.threadCpuUsage()
  const password = 'x'
  assert.throws(() => parseContainer({ format, bytes, password }), { code: 'OPERATOR_BAD_TRUST_STORE', message })
  // Of the processor, since the wall clock also counts what others do on a busy machine.
  const { user, system } = process.threadCpuUsage(started)
  const tookMs = (user + system) / 1000
  assert.ok(tookMs < TIME_LIMIT_MS, `it took ${tookMs} ms`)
}

describe('PKCS#12', () => {
  const certificate = bag(3, certificateValue(one.der))
  const honest = plain(sequence(certificate))
  const boxed = (levels: number) => {
    let contents = sequence(certificate)
    for (let level = 0; level < levels; level += 1) contents = sequence(bag(6, contents))
    return pfx([plain(contents)])
  }

  it('a plain bag, and bags in bags as far as anybody goes, are read', () => {
    for (const bytes of [pfx([honest]), boxed(1), boxed(5)]) {
      assert.deepEqual(parseContainer({ format: 'pkcs12', bytes, password: undefined }), [one.der])
    }
  })

  it('an encrypted part without a MAC is read with its password and refused with another', () => {
    const bytes = honestPkcs12([one.der], 'x')
    assert.deepEqual(parseContainer({ format: 'pkcs12', bytes, password: 'x' }), [one.der])
    assert.throws(() => parseContainer({ format: 'pkcs12', bytes, password: 'y' }), {
      code: 'OPERATOR_BAD_TRUST_STORE',
    })
  })

  it('more certificates than anybody has are refused', () => {
    const bags = Array.from({ length: 10_001 }, () => bag(3, certificateValue(Buffer.alloc(0))))
    const bytes = pfx([plain(sequence(...bags))])
    const message = /more than 10000 certificates/
    assert.throws(() => parseContainer({ format: 'pkcs12', bytes, password: 'x' }), { message })
  })

  const iterations: [why: string, count: number][] = [
    ['ten million', 10_000_000],
    ['2^31 - 1', 2 ** 31 - 1],
    ['2^40', 2 ** 40],
    ['no', 0],
  ]
  for (const [why, count] of iterations) {
    const bombs: [where: string, bytes: Buffer][] = [
      ['the MAC', pfx([honest], mac(count))],
      ['PBMAC1', pfx([honest], pbmac1({ iterations: count, keyBytes: 32 }))],
      ['PBES2', pfx([encrypted(pbes2(count))])],
      ['the old PBE', pfx([encrypted(legacyPbe(6, count))])],
      ['the second part, behind an honest one', pfx([honest, encrypted(pbes2(count))])],
    ]
    for (const [where, bytes] of bombs) {
      it(`${why} iterations in ${where} are refused before the first of them`, () => {
        refuse('pkcs12', bytes, /asks for \d+ iterations of key derivation|a count is/)
      })
    }

    it(`${why} iterations in an encrypted key are never begun, however deep it lies`, () => {
      const key = bag(2, shroudedKey(count))
      refuse('pkcs12', pfx([plain(sequence(key))]), /holds a private key/)
      refuse('pkcs12', pfx([plain(sequence(bag(6, sequence(bag(6, sequence(key))))))]), /holds a private key/)
    })
  }

  const rows: [why: string, bytes: Buffer, message: RegExp][] = [
    ['bags nested without end', boxed(12), /nested more than/],
    ['ASN.1 nested a hundred thousand deep', sequence(integer(3), nested(100_000)), /nested more than 64 deep/],
    ['the same inside a plain part', pfx([plain(nested(100_000))]), /nested more than 64 deep/],
    ['no bag at all', pfx([plain(sequence())]), /holds no certificate/],
    ['another version', sequence(integer(4), honest), /unknown version 4/],
    ['a MAC key of 2^31 bytes', pfx([honest], pbmac1({ iterations: 1, keyBytes: 2 ** 31 })), /a MAC key of 2147483648/],
    ['a MAC key of one byte', pfx([honest], pbmac1({ iterations: 1, keyBytes: 1 })), /a MAC key of 1 bytes/],
    ['a false MAC', pfx([honest], mac(1)), /the password is wrong/],
    ['a cipher nobody knows', pfx([encrypted(legacyPbe(1, 1))]), /not known here \(1\.2\.840\.113549\.1\.12\.1\.1\)/],
    ['an IV of the wrong length', pfx([encrypted(pbes2(1, { ivBytes: 5 }))]), /the IV/],
    ['half a block', pfx([encrypted(pbes2(1), Buffer.alloc(15))]), /ends inside a block/],
    ['an empty encrypted part', pfx([encrypted(pbes2(1), Buffer.alloc(0))]), /ends inside a block/],
    [
      'an SDSI certificate',
      pfx([plain(sequence(bag(3, certificateValue(one.der, '1.2.840.113549.1.9.22.2'))))]),
      /X\.509/,
    ],
    ['a revocation list', pfx([plain(sequence(bag(4, sequence())))]), /holds a revocation list/],
    ['a secret', pfx([plain(sequence(bag(5, sequence())))]), /holds a secret/],
    ['a bag nobody knows', pfx([plain(sequence(bag(9, sequence())))]), /holds something unknown/],
    [
      'a seal by public key',
      sequence(integer(3), sequence(oid('1.2.840.113549.1.7.2'), der(0xa0, sequence()))),
      /public key/,
    ],
  ]
  for (const [why, bytes, message] of rows) {
    it(`${why} is refused`, () => refuse('pkcs12', bytes, message))
  }
})

describe('PKCS#7', () => {
  const message = sequence(oid('1.2.840.113549.1.7.1'))
  const signedData = (...parts: Buffer[]) =>
    sequence(oid('1.2.840.113549.1.7.2'), der(0xa0, sequence(integer(1), der(0x31), message, ...parts)))

  it('a bag of certificates is read, with definite and indefinite lengths', () => {
    const bytes = signedData(der(0xa0, one.der, two.der), der(0x31))
    assert.deepEqual(parseContainer({ format: 'pkcs7', bytes, password: undefined }), [one.der, two.der])
    const end = Buffer.alloc(2)
    const open = (tag: number, ...parts: Buffer[]) => Buffer.concat([Buffer.from([tag, 0x80]), ...parts, end])
    const inner = open(
      0x30,
      integer(1),
      der(0x31),
      open(0x30, oid('1.2.840.113549.1.7.1')),
      open(0xa0, one.der),
      der(0x31),
    )
    const indefinite = open(0x30, oid('1.2.840.113549.1.7.2'), open(0xa0, inner))
    assert.deepEqual(parseContainer({ format: 'pkcs7', bytes: indefinite, password: undefined }), [one.der])
  })

  const rows: [why: string, bytes: Buffer, message: RegExp][] = [
    ['without any certificate', signedData(der(0x31)), /holds no certificate/],
    ['with an empty bag', signedData(der(0xa0), der(0x31)), /holds no certificate/],
    ['with a signer', signedData(der(0xa0, one.der), der(0x31, sequence(integer(1)))), /is a signed message/],
    ['with a revocation list', signedData(der(0xa0, one.der), der(0xa1, sequence()), der(0x31)), /revocation lists/],
    ['with an attribute certificate', signedData(der(0xa0, der(0xa1, integer(1))), der(0x31)), /is damaged/],
    ['with something else', signedData(der(0xa0, one.der), der(0xa2, integer(1))), /does not belong into PKCS#7/],
    [
      'that is an encrypted message',
      sequence(oid('1.2.840.113549.1.7.3'), der(0xa0, sequence())),
      /without certificates/,
    ],
    ['nested a hundred thousand deep', signedData(nested(100_000)), /nested more than 64 deep/],
    ['followed by more', Buffer.concat([signedData(der(0xa0, one.der), der(0x31)), Buffer.from([0])]), /bytes follow/],
    [
      'of a hundred thousand and one parts',
      signedData(der(0xa0, Buffer.alloc(200_002, integer(1)), Buffer.from([2, 0]))),
      /parts|damaged/,
    ],
  ]
  for (const [why, bytes, message] of rows) {
    it(`a file ${why} is refused`, () => refuse('pkcs7', bytes, message))
  }
})

describe('JKS', () => {
  const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff])
  const u32 = (value: number) => Buffer.from([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff])
  const text = (bytes: Buffer | string) =>
    Buffer.concat([u16(Buffer.from(bytes as string).length), Buffer.from(bytes as string)])
  const entry = (alias: Buffer | string, { kind = 2, type = 'X.509', length = one.der.length } = {}) =>
    Buffer.concat([u32(kind), text(alias), Buffer.alloc(8), text(type), u32(length), one.der])
  const file = (entries: readonly Buffer[], { count = entries.length, version = 2, password = 'x' } = {}) => {
    const body = Buffer.concat([u32(0xfeedfeed), u32(version), u32(count), ...entries])
    const seed = Buffer.concat([Buffer.from(password, 'utf16le').swap16(), Buffer.from('Mighty Aphrodite')])
    return Buffer.concat([body, crypto.createHash('sha1').update(seed).update(body).digest()])
  }

  it('an honest one is read, whatever its aliases are written in', () => {
    const wild = Buffer.from('c3a4e282aceda0bdedb491c080', 'hex')
    const bytes = file([entry('a'), entry(wild)])
    assert.deepEqual(parseContainer({ format: 'jks', bytes, password: 'x' }), [one.der, one.der])
  })

  const rows: [why: string, bytes: Buffer, message: RegExp][] = [
    ['2^32 - 1 entries', file([entry('a')], { count: 2 ** 32 - 1 }), /claims 4294967295 entries/],
    ['more entries than bytes', file([entry('a')], { count: 900 }), /claims 900 entries/],
    ['one entry too many', file([entry('a')], { count: 2 }), /ends in the middle/],
    ['one entry too few', file([entry('a'), entry('b')], { count: 1 }), /bytes follow its last entry/],
    ['no entry', file([]), /holds no certificate/],
    ['a certificate of 2^32 - 1 bytes', file([entry('a', { length: 2 ** 32 - 1 })]), /ends in the middle/],
    ['a certificate of -1 bytes less', file([entry('a', { length: 0 })]), /bytes follow|ends in the middle/],
    ['an alias twice', file([entry('a'), entry('a')]), /the alias "a" stands in it twice/],
    ['an alias cut off in a character', file([entry(Buffer.from('61c3', 'hex'))]), /an alias is not in UTF-8/],
    [
      'an alias that moves the cursor',
      file([entry('a\u001b[2J', { kind: 1 })]),
      /private key \(alias "a\\u001b\[2J"\)/,
    ],
    ['an unknown kind of entry', file([entry('a', { kind: 7 })]), /unknown kind 7/],
    ['an unknown version', file([entry('a')], { version: 3 }), /unknown version 3/],
    ['a certificate that is not X.509', file([entry('a', { type: 'PGP' })]), /is "PGP", not an X\.509/],
    ['the digest of another password', file([entry('a')], { password: 'y' }), /the password is wrong/],
    ['nothing but its first bytes', Buffer.from('feedfeed00000002', 'hex'), /ends in the middle/],
  ]
  for (const [why, bytes, message] of rows) {
    it(`a store with ${why} is refused`, () => refuse('jks', bytes, message))
  }
})
