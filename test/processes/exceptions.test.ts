/** Exceptions as records: listed, warned of in good time by a clock that is passed in, counted when they are used. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exceptionIdOf } from '../../src/policy/exception-id.ts'
import type { ExceptionRecord } from '../../src/policy/policy.ts'
import { listExceptions } from '../../src/processes/control/watch/exception-list.ts'
import { ExceptionWatch } from '../../src/processes/control/watch/exception-watch.ts'

const day = 86_400_000
const endMs = Date.parse('2027-01-01T00:00:00Z')
const exception: ExceptionRecord = {
  host: 'old.example',
  port: 443,
  findings: ['expired'],
  untilMs: endMs,
  owner: 'mail team',
  reason: 'replaced soon',
}

test('exceptions are listed with days, owner, reason and uses, the next to end first', () => {
  const later = { ...exception, host: '2001:db8::1', untilMs: endMs + day, spkiSha256: 'key' }
  const id = exceptionIdOf(exception)
  const uses = new Map([[id, { id, uses: 4, lastUsedMs: 77 }]])
  const [first, second] = listExceptions({ exceptions: [later, exception] }, { uses, nowMs: endMs - 5 * day })
  assert.deepEqual(first, {
    id,
    backend: 'old.example:443',
    findings: ['expired'],
    spkiSha256: null,
    until: '2026-12-31',
    daysLeft: 5,
    state: 'ends-within-14-days',
    owner: 'mail team',
    reason: 'replaced soon',
    uses: 4,
    lastUsedMs: 77,
  })
  assert.deepEqual(
    [second?.backend, second?.spkiSha256, second?.uses, second?.lastUsedMs],
    ['[2001:db8::1]:443', 'key', 0, null],
  )
})

test('without a record of uses nobody claims that there were none', () => {
  const [listed] = listExceptions({ exceptions: [exception] }, { uses: undefined, nowMs: 0 })
  assert.deepEqual([listed?.uses, listed?.lastUsedMs], [null, null])
})

test('an exception that is renewed keeps its id; another finding, key or backend has another', () => {
  const id = exceptionIdOf(exception)
  assert.match(id, /^[0-9a-f]{12}$/)
  assert.equal(exceptionIdOf({ ...exception, untilMs: 1, owner: 'x', reason: 'y' }), id)
  const others = [
    { ...exception, findings: ['expired', 'self-signed'] as const },
    { ...exception, spkiSha256: 'key' },
    { ...exception, port: 444 },
    { ...exception, host: 'new.example' },
  ].map(exceptionIdOf)
  assert.equal(new Set([id, ...others]).size, 5)
})

test('a watch warns 14 days ahead, 3 days ahead and when it is over, once each, however often it looks', () => {
  const said: string[] = []
  const states = new Set<string>()
  const watch = new ExceptionWatch({
    log: (name, message, fields) => said.push(`${name} ${fields?.daysLeft}: ${message}`),
    metrics: { exceptions: (all) => states.add(all.map(({ state }) => state).join()) },
  })
  const policy = { exceptions: [exception] }
  for (let nowMs = endMs - 20 * day; nowMs <= endMs + 3 * day; nowMs += 3_600_000) watch.look(policy, nowMs)
  const whose = 'the end of the exception of old.example:443 for expired'
  assert.deepEqual(said, [
    `exception.ending 14: ${whose} is near: the exception ends with 2026-12-31, in 14 days`,
    `exception.ending 3: ${whose} is near: the exception ends with 2026-12-31, in 3 days`,
    `exception.over 0: ${whose} is over: the exception forgives nothing any more, take it out or renew it`,
  ])
  assert.deepEqual([...states], ['holds', 'ends-within-14-days', 'ends-within-3-days', 'over'])
})

test('an exception that was renewed or taken out is warned of anew when its time comes, and not before', () => {
  const said: string[] = []
  const watch = new ExceptionWatch({ log: (name) => said.push(name), metrics: { exceptions: () => {} } })
  watch.look({ exceptions: [exception] }, endMs)
  watch.look({ exceptions: [{ ...exception, untilMs: endMs + 30 * day }] }, endMs)
  assert.deepEqual(said, ['exception.over'])
  watch.look({ exceptions: [{ ...exception, untilMs: endMs + 30 * day }] }, endMs + 27 * day)
  assert.deepEqual(said, ['exception.over', 'exception.ending'])
  watch.look({ exceptions: [] }, endMs)
  watch.look({ exceptions: [exception] }, endMs)
  assert.equal(said.length, 3)
})
