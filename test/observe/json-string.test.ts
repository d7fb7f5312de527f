import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { asciiJson, jsonInside, jsonString, visibleText } from '../../src/observe/json-string.ts'

test('a JSON string reads back as the text it was, whatever the text, and is printable ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      assert.equal(JSON.parse(jsonString(text)), text)
      assert.match(jsonString(text), /^[\x20-\x7e]*$/)
      assert.match(asciiJson(JSON.stringify({ text })), /^[\x20-\x7e]*$/)
    }),
    { numRuns: 2000 },
  )
})

const escaped: readonly [reason: string, text: string, inside: string][] = [
  ['plain text costs nothing and stays', 'mail.corp.example', 'mail.corp.example'],
  ['a line end would start a forged line', 'a\r\nb', 'a\\r\\nb'],
  ['a quote would end the string', 'a"b\\', 'a\\"b\\\\'],
  ['ESC and CSI reach terminals', '\x1b[2J\x9b', '\\u001b[2J\\u009b'],
  ['U+2028 is a line end to some readers', 'a\u2028b\u2029', 'a\\u2028b\\u2029'],
  ['DEL rubs out', 'a\x7f', 'a\\u007f'],
  ['writing from right to left hides what stands there', '\u202egnp.exe', '\\u202egnp.exe'],
  ['letters of other scripts are escaped as well', 'żółw 🐢', '\\u017c\\u00f3\\u0142w \\ud83d\\udc22'],
  ['half a surrogate pair is no text', '\ud800', '\\ud800'],
]
for (const [reason, text, inside] of escaped) {
  test(`in a log line ${JSON.stringify(text)} is escaped: ${reason}`, () => assert.equal(jsonInside(text), inside))
}

test('text for a terminal keeps letters and shows what is invisible or acts', () => {
  assert.equal(visibleText('żółw 🐢 x'), 'żółw 🐢 x')
  assert.equal(
    visibleText('a\nb\x1b[1m\u2028\u200b\u{e0041}\ud800'),
    'a\\u000ab\\u001b[1m\\u2028\\u200b\\u{e0041}\\ud800',
  )
})
