/** When memory is short and when there is enough again, figure by figure. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  describeMemory,
  judgeMemory,
  type MemoryReading,
} from '../../../../src/processes/worker/memory/judge-memory.ts'

const heap = (percent: number): MemoryReading => ({ of: 'heap', usedBytes: percent, limitBytes: 100 })
const container = (percent: number): MemoryReading => ({ of: 'container', usedBytes: percent, limitBytes: 100 })

const cases: readonly [name: string, readings: readonly MemoryReading[], fromEnough: boolean, fromShort: boolean][] = [
  ['no limit at all', [], false, false],
  ['nearly empty', [heap(5)], false, false],
  ['just under the lower mark', [heap(79.9)], false, false],
  ['at the lower mark it stays what it was', [heap(80)], false, true],
  ['just under the upper mark it stays what it was', [heap(89.9)], false, true],
  ['at the upper mark', [heap(90)], true, true],
  ['over the limit, as a container may be for a moment', [container(104)], true, true],
  ['the fullest counts: container', [heap(10), container(90)], true, true],
  ['the fullest counts: heap', [heap(90), container(10)], true, true],
  ['enough only when all have it', [heap(10), container(85)], false, true],
  ['two that are nearly full are not one that is', [heap(89), container(89)], false, true],
]

for (const [name, readings, fromEnough, fromShort] of cases) {
  test(name, () => {
    assert.deepEqual([judgeMemory(false, readings), judgeMemory(true, readings)], [fromEnough, fromShort])
  })
}

test('a course of figures turns once up and once down', () => {
  let isShort = false
  const course = [50, 85, 89, 90, 85, 91, 80, 79, 85, 89].map((percent) => {
    isShort = judgeMemory(isShort, [heap(percent)])
    return isShort
  })
  assert.deepEqual(course, [false, false, false, true, true, true, true, false, false, false])
})

test('the log line has each limit with its share', () => {
  const readings = [heap(93), { of: 'container', usedBytes: 2 ** 28, limitBytes: 2 ** 30 } as const]
  assert.equal(describeMemory(readings), 'heap 93 % of 0 MiB, container 25 % of 1024 MiB')
})
