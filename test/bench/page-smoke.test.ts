/**
 * The page run in short, and how it judges; the long form, which holds the targets, is `npm run bench:page`. The machine
 * may be busy with other tests, so nothing here depends on how fast it is.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { RequestEntry } from '../../bench/load/request-log.ts'
import { runPage } from '../../bench/page/run-page.ts'
import { feltBy, ratioOf, watchings } from '../../bench/page/windows.ts'
import { ownProcessors } from '../../bench/rig/processors.ts'

it('under load the stream and the page show a sample of what passes, and nobody loses a connection', async () => {
  const { felt, usability, interactiveMs, shown, failures } = await runPage({
    ...{
      rounds: 1,
      seconds: 1.2,
      warmUpSeconds: 0.3,
      settleSeconds: 0.3,
      connectionsPerSecond: 60,
      watchings,
      readers: 2,
      workers: 1,
    },
    browserApart: false,
  })
  assert.deepEqual(failures, [])
  for (const watching of watchings) assert.ok((felt[watching][0]?.connections ?? 0) > 30, watching)
  assert.ok(shown > 0)
  assert.ok(interactiveMs.length === 5 && interactiveMs.every((ms) => ms > 0))
  const [used] = usability
  assert.ok(used !== undefined && used.rows > 0 && used.rows <= 200, `${used?.rows} rows`)
  assert.ok(used.slowestFilterMs > 0)
  assert.ok(used.longestTaskMs < 2000, `${used.longestTaskMs} ms`)
})

it('p99 is that of a usual second: neither one bad second nor the rest of one at the end weighs much', () => {
  const every = (second: number, ms: number, count = 10) =>
    Array.from(
      { length: count },
      (_, n) => ({ dueMs: second * 1000 + n, endMs: second * 1000 + n + ms, failure: '' }) as RequestEntry,
    )
  const usual = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((second) => every(second, 10))
  const window = (toMs: number) => [{ watching: 'nobody' as const, fromMs: 0, toMs, processors: 1 }]
  const p99 = (entries: RequestEntry[], toMs: number) => feltBy(entries, window(toMs)).nobody[0]?.p99Ms.toFixed(3)
  assert.equal(p99([...usual, ...every(9, 1000)], 10_000), (10 * 100 ** 0.1).toFixed(3))
  assert.equal(p99([...usual, ...every(9, 10), ...every(10, 1, 2)], 10_005), '10.000')
  // What lasts weighs for as long as it does.
  assert.equal(p99([...usual.slice(20), ...every(0, 1000), ...every(1, 1000)], 9000), (10 * 100 ** (2 / 9)).toFixed(3))
})

it('which processors are ours is read as the kernel writes it', () => {
  for (const [list, expected] of [
    ['0-1', [0, 1]],
    ['3', [3]],
    ['0-1,6,8-9', [0, 1, 6, 8, 9]],
  ] as const) {
    assert.deepEqual(ownProcessors(`Name:\tnode\nCpus_allowed_list:\t${list}\nMems_allowed:\t1\n`), expected)
  }
})

it('what callers felt is judged by the window in which they came, and by the ratios of the rounds', () => {
  const entry = (dueMs: number, ms: number, failure = '') => ({ dueMs, endMs: dueMs + ms, failure }) as RequestEntry
  const window = (watching: 'nobody' | 'stream', fromMs: number) => ({
    watching,
    fromMs,
    toMs: fromMs + 10,
    processors: 1,
  })
  const entries = [
    entry(0, 10),
    entry(9, 30),
    entry(10, 50),
    entry(12, 5000, 'lost'),
    entry(20, 20),
    entry(30, 70),
    entry(40, 1),
  ]
  const windows = [window('nobody', 0), window('stream', 10), window('nobody', 20), window('stream', 30)]
  const felt = feltBy(entries, windows)
  assert.deepEqual(
    felt.nobody.map(({ connections, p50Ms, p99Ms }) => [connections, p50Ms, Math.round(p99Ms)]),
    [
      [2, 10, 30],
      [1, 20, 20],
    ],
  )
  assert.deepEqual(
    felt.stream.map(({ p99Ms }) => Math.round(p99Ms)),
    [50, 70],
  )
  // 50/30 in the first round, 70/20 in the second.
  const { ratio, within } = ratioOf(felt, 'stream', 'p99Ms')
  assert.equal(ratio.toFixed(6), Math.sqrt((50 / 30) * (70 / 20)).toFixed(6))
  assert.equal(within.toFixed(6), Math.sqrt(70 / 20 / (50 / 30)).toFixed(6))
  assert.equal(felt.nobody[0]?.processorMs, 5)
  assert.equal(ratioOf(felt, 'stream', 'processorMs').ratio.toFixed(6), Math.sqrt((10 / 5) * (10 / 10)).toFixed(6))
})
