import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryOf, processorTime, processTree } from '../../bench/rig/processes.ts'
import { formatTable, formatTargets } from '../../bench/rig/report.ts'
import { median, pairedRatios, quantile } from '../../bench/rig/statistics.ts'

describe('the figures of the rig', () => {
  it('takes quantiles by nearest rank', () => {
    const values = [5, 1, 4, 2, 3]
    assert.deepEqual(
      [quantile(values, 0), quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)],
      [1, 3, 5, 5],
    )
    assert.ok(Number.isNaN(quantile([], 0.5)))
  })

  it('takes the mean of the middle two for an even count', () => {
    assert.deepEqual([median([4, 1, 3, 2]), median([9, 1, 2])], [2.5, 2])
  })

  it('divides round by round, and not by a peer that was not measured', () => {
    assert.deepEqual(pairedRatios([2, 6], [1, 2]), [2, 3])
    assert.deepEqual(pairedRatios([2, 6], []), [])
  })

  it('sees itself, its memory and the time it takes', () => {
    assert.ok(processTree(process.pid).includes(process.pid))
    assert.ok(memoryOf(process.pid).rssBytes >= memoryOf(process.pid).pssBytes)
    const before = processorTime(process.pid)?.user ?? 0
    const until = performance.now() + 100
    while (performance.now() < until);
    assert.ok((processorTime(process.pid)?.user ?? 0) - before >= 0.02)
  })

  it('knows nothing of a process that is gone', () => {
    assert.equal(processorTime(2 ** 30), undefined)
    assert.deepEqual(memoryOf(2 ** 30), { rssBytes: 0, pssBytes: 0 })
  })

  it('prints words to the left and numbers to the right', () => {
    const rows = [
      { name: 'a', ms: 1.234 },
      { name: 'longer', ms: 100.5 },
    ]
    assert.equal(formatTable(rows), 'name      ms\na       1.23\nlonger   101')
  })

  it('says of a target whether it is met, missed or was not measured', () => {
    const lines = formatTargets([
      { name: 'a', value: 1, atMost: 1 },
      { name: 'b', value: 2, atMost: 1 },
      { name: 'c', value: Number.NaN, atMost: 1 },
    ]).split('\n')
    assert.deepEqual(
      lines.map((line) => line.slice(line.lastIndexOf(':') + 2)),
      ['met', 'MISSED', 'not measured'],
    )
  })
})
