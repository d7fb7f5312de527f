import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { durationSchema, formatDuration, parseDuration } from '../../../src/policy/document/duration.ts'

const good: readonly (readonly [string, number])[] = [
  ['500ms', 500],
  ['0s', 0],
  ['30s', 30_000],
  ['1.5s', 1500],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['24d', 2_073_600_000],
]

const bad: readonly (readonly [string, string])[] = [
  ['30', 'a number without a unit could be seconds or milliseconds'],
  ['30 s', 'one spelling'],
  ['-1s', 'time does not run backwards'],
  ['1h30m', 'one number, one unit'],
  ['25d', 'beyond the longest timer Node has, which would fire at once'],
  ['1e3s', 'no exponents'],
  ['s', 'no number'],
  ['', 'nothing'],
  ['999999999999999999999s', 'a number that is none any more'],
]

describe('a duration', () => {
  for (const [text, ms] of good) {
    it(`reads ${text} as ${ms} ms`, () => {
      assert.equal(parseDuration(text), ms)
      assert.equal(durationSchema.parse(text), ms)
    })
  }
  for (const [text, why] of bad) {
    it(`refuses ${JSON.stringify(text)}: ${why}`, () => {
      assert.throws(() => parseDuration(text), { code: 'OPERATOR_USAGE', message: /^expected a duration/ })
      const issues = durationSchema.safeParse(text).error?.issues ?? []
      assert.equal(issues.length, 1)
      assert.match(issues[0]?.message ?? '', /^expected a duration/)
    })
  }
  it('is read back from what is written', () => {
    fc.assert(fc.property(fc.nat(2_000_000_000), (ms) => parseDuration(formatDuration(ms)) === ms))
  })
})
