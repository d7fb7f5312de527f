/** The list of candidates that were refused, as the API gives it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordRejection } from '../../src/history/rejections.ts'
import { startAdmin } from '../kit/start-admin.ts'

test('rejections come newest first, in pages, each with what was wrong; nobody reads them without signing in', async (t) => {
  const admin = await startAdmin(t)
  const viewer = await admin.as('viewer')
  assert.deepEqual((await viewer.ask('rejections')).body, { items: [], next: null })
  for (const author of ['ann', 'ben', 'cem']) {
    const problems = [`${author}.yaml:1:1 is wrong`]
    recordRejection(admin.history, { text: author, source: 'api', author, timeMs: 5, problems })
  }
  const first = (await viewer.ask('rejections', { query: { limit: 2 } })).body
  assert.deepEqual(
    first.items.map(({ author }: { author: string }) => author),
    ['cem', 'ben'],
  )
  assert.deepEqual(first.items[0].problems, ['cem.yaml:1:1 is wrong'])
  const second = (await viewer.ask('rejections', { query: { limit: 2, cursor: first.next } })).body
  assert.deepEqual([second.items.length, second.items[0].author, second.next], [1, 'ann', null])
  assert.equal((await viewer.ask('rejections', { query: { cursor: 'x' } })).status, 422)
  assert.equal((await admin.stranger().ask('rejections')).status, 401)
})
