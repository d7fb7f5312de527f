/** Exact times as the page writes them, in UTC and in the time of a machine whose offset is no whole hour. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { describeSplits } from '../../src/page/chart/time-axis.ts'
import { formatClock, formatMoment } from '../../src/page/parts/time-zone.ts'

const zoneBefore = process.env.TZ
const setZone = (zone: string | undefined) => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
}
const noon = Date.UTC(2026, 10, 30, 12, 0, 5)

describe('an exact time', () => {
  after(() => setZone(zoneBefore))
  for (const [zone, moment, clock] of [
    ['Asia/Kolkata', '2026-11-30 17:30:05 UTC+05:30', '17:30:05'],
    ['America/St_Johns', '2026-11-30 08:30:05 UTC−03:30', '08:30:05'],
    ['Pacific/Kiritimati', '2026-12-01 02:00:05 UTC+14:00', '02:00:05'],
  ] as const) {
    describe(`on a machine in ${zone}`, () => {
      before(() => setZone(zone))
      it('in its own time says how far that is from UTC', () => assert.equal(formatMoment(noon, 'local'), moment))
      it('has the same time of day', () => assert.equal(formatClock(noon, 'local'), clock))
      it('is so on the axis of a chart, in 24 hours, with seconds where they count', () => {
        const splits = [noon / 1000, noon / 1000 + 5]
        assert.deepEqual(describeSplits(splits, { stepSeconds: 60, zone: 'local' }), [
          clock.slice(0, 5),
          clock.slice(0, 5),
        ])
        assert.deepEqual(describeSplits(splits, { stepSeconds: 5, zone: 'local' }), [clock, clock.replace(/05$/, '10')])
        assert.deepEqual(describeSplits(splits, { stepSeconds: 60, zone: 'utc' }), ['12:00', '12:00'])
      })
      it('in UTC is that of the log', () => assert.equal(formatMoment(noon, 'utc'), '2026-11-30 12:00:05 UTC'))
    })
  }
})
