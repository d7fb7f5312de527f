import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { findHeadEnd, refuseBrokenHead, skipLeadingEmptyLine } from '../../src/http/head-end.ts'
import { HttpSyntaxError, type SyntaxReason } from '../../src/http/syntax-error.ts'

const crlfSoup = fc
  .array(fc.constantFrom('\r', '\n', '\r\n', '\r\n\r\n', 'a', ' ', '\0', '\u00ff'), { maxLength: 40 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'))

test('the end of a head is where Buffer.indexOf finds CRLFCRLF', () => {
  fc.assert(
    fc.property(crlfSoup, fc.nat(50), (bytes, from) => {
      const found = bytes.indexOf('\r\n\r\n', from)
      assert.equal(findHeadEnd(bytes, from, bytes.length), found < 0 ? -1 : found + 4)
    }),
  )
})

test('bytes at and after the end of what was read are not looked at', () => {
  fc.assert(
    fc.property(crlfSoup, fc.nat(50), (bytes, to) => {
      const limit = Math.min(to, bytes.length)
      assert.equal(findHeadEnd(bytes, 0, limit), findHeadEnd(bytes.subarray(0, limit), 0, limit))
    }),
  )
})

test('a head that comes byte by byte is found without looking at all of it again', () => {
  fc.assert(
    fc.property(crlfSoup, (bytes) => {
      let found = -1
      for (let to = 1; to <= bytes.length && found < 0; to++) found = findHeadEnd(bytes, Math.max(0, to - 1 - 3), to)
      assert.equal(found, findHeadEnd(bytes, 0, bytes.length))
    }),
  )
})

const emptyLineRows: readonly (readonly [string, string, number])[] = [
  ['one empty line is skipped', '\r\nGET', 2],
  ['only one', '\r\n\r\nGET', 2],
  ['no empty line, nothing to skip', 'GET', 0],
  ['LF alone is no empty line', '\nGET', 0],
  ['half an empty line may become one', '\r', 0],
]

for (const [why, text, expected] of emptyLineRows) {
  test(`before a request, ${why}`, () => {
    assert.equal(skipLeadingEmptyLine(Buffer.from(text), 0, text.length), expected)
    assert.equal(skipLeadingEmptyLine(Buffer.from(`\r\n${text}`), 2, 2 + text.length), 2 + expected)
  })
}

test('an empty line that was not read yet is not skipped', () => {
  assert.equal(skipLeadingEmptyLine(Buffer.from('\r\nGET'), 0, 1), 0)
})

const brokenRows: readonly (readonly [string, string, SyntaxReason | undefined])[] = [
  ['a head in the making', 'GET / HTTP/1.1\r\nHost: a', undefined],
  ['a line that has just ended', 'GET / HTTP/1.1\r\n', undefined],
  ['a CR whose LF may come', 'GET / HTTP/1.1\r', undefined],
  ['LF only', 'GET / HTTP/1.1\nHost: a\n\n', 'bare-lf'],
  ['LF at the start', '\nGET', 'bare-lf'],
  ['a CR without LF', 'GET / HTTP/1.1\rHost', 'bare-cr'],
  ['two CR', 'GET / HTTP/1.1\r\r', 'bare-cr'],
  ['a NUL', 'GET /\0', 'nul-byte'],
  ['the first bytes of TLS', '\u0016\u0003\u0001\u0002', 'control-character'],
]

for (const [why, text, reason] of brokenRows) {
  test(`an unfinished head, ${why}: ${reason ?? 'may go on'}`, () => {
    const bytes = Buffer.from(`x\r${text}`, 'latin1')
    const refused = (error: unknown) => error instanceof HttpSyntaxError && error.reason === reason
    const whole = () => refuseBrokenHead(bytes, 2, bytes.length)
    const byBytes = () => {
      for (let to = 3; to <= bytes.length; to++) refuseBrokenHead(bytes, 2, to, to - 1)
    }
    for (const look of [whole, byBytes]) {
      if (reason === undefined) look()
      else assert.throws(look, refused)
    }
  })
}
