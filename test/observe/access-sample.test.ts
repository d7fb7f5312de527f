import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyAccessRecord } from '../../src/observe/access-record.ts'
import { AccessSample } from '../../src/observe/access-sample.ts'

test('a flood of good requests keeps a few, counts the rest, and hides no failure', () => {
  const sample = new AccessSample()
  const record = emptyAccessRecord()
  for (let n = 0; n < 10_000; n += 1) sample.note(record)
  sample.note(Object.assign(emptyAccessRecord(), { decision: 'deny' }))
  const news = sample.take()
  assert.deepEqual([news?.records.length, news?.skipped], [21, 9980])
  assert.equal(news?.records.at(-1)?.decision, 'deny')
})

test('failures are bounded too, and what was taken is not told twice', () => {
  const sample = new AccessSample()
  for (let n = 0; n < 1000; n += 1) sample.note(Object.assign(emptyAccessRecord(), { error: 'INTERNAL_ERROR' }))
  const news = sample.take()
  assert.deepEqual([news?.records.length, news?.skipped], [50, 950])
  assert.equal(sample.take(), undefined)
})

test('a record that is filled again afterwards is kept as it was', () => {
  const sample = new AccessSample()
  const record = emptyAccessRecord()
  record.host = 'one'
  sample.note(record)
  record.host = 'two'
  assert.equal(sample.take()?.records[0]?.host, 'one')
})
