import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AsciiLine } from '../../src/observe/ascii-line.ts'
import { jsonInside } from '../../src/observe/json-string.ts'

/** What is on a line after something was appended to a beginning. */
function printed(append: (line: AsciiLine) => void, beginning = '> '): string {
  const line = new AsciiLine()
  line.text(beginning)
  append(line)
  const text = line.toString()
  assert.equal(line.length, text.length)
  assert.equal(text.slice(0, beginning.length), beginning)
  return text.slice(beginning.length)
}

const counts: readonly [value: number, reason: string][] = [
  [0, 'nothing at all has a digit'],
  [9, 'the last with one digit'],
  [10, 'the first with two'],
  [99_999, 'a port, and more'],
  [65_535, 'digits that differ'],
  [999_999_999, 'the last that is printed digit by digit'],
  [1_000_000_000, 'the first that is not'],
  [2 ** 53 - 1, 'as many bytes as can be counted'],
  [-1, 'a clock that went back'],
  [1.5, 'what is no count is not cut short'],
]
for (const [value, reason] of counts) {
  test(`the count ${value} is printed as it is: ${reason}`, () =>
    assert.equal(
      printed((line) => line.integer(value)),
      `${value}`,
    ))
}

test('a number below 1000 is three digits', () => {
  const three = (value: number) => printed((line) => line.thousandths(value))
  assert.deepEqual([0, 7, 42, 999].map(three), ['000', '007', '042', '999'])
})

test('any text is inside a JSON string what JSON makes of it, in ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) =>
      assert.equal(
        printed((line) => line.inside(text)),
        jsonInside(text),
      ),
    ),
  )
})

test('a line grows with what is appended, and begins anew', () => {
  const line = new AsciiLine()
  const part = Buffer.from('part ')
  for (let n = 0; n < 1000; n += 1) {
    line.printed(part)
    line.text('a text that is long enough not to be short any more ')
  }
  assert.equal(line.toString(), 'part a text that is long enough not to be short any more '.repeat(1000))
  line.clear()
  line.text('short')
  assert.equal(line.toString(), 'short')
})
