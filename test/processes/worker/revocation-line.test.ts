/** How long a handshake in hard mode waits for an answer: as long as there may be one, and no longer. Time is mocked. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { FromWorker } from '../../../src/processes/messages.ts'
import { RevocationLine } from '../../../src/processes/worker/revocation-line.ts'
import { ANSWER_LIMIT_MS, LIST_FETCH_LIMIT_MS, LIST_READ_LIMIT_MS } from '../../../src/revocation/limits.ts'
import type { RevocationQuestion } from '../../../src/revocation/question.ts'

const question: RevocationQuestion = {
  ...{ subject: 'CN=leaf', serial: '01', issuer: 'ab', issuerCertificate: '', isCa: false, mustStaple: false },
  ...{ crlUrls: ['http://crl.test/a.crl'], hasPartialPoints: false, ocspUrls: [] },
}

function asking(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const told: FromWorker[] = []
  const line = new RevocationLine((message) => void told.push(message))
  let isOver = false
  void line.book.ask([question], ['crl']).then(() => {
    isOver = true
  })
  const settled = () => new Promise<boolean>((resolve) => setImmediate(() => resolve(isOver)))
  return { line, told, settled }
}

test('a list that takes all the time it may have is waited for', async (t) => {
  const { line, told, settled } = asking(t)
  t.mock.timers.tick(LIST_FETCH_LIMIT_MS + LIST_READ_LIMIT_MS)
  assert.equal(await settled(), false)
  const [wanted] = told
  assert.ok(wanted?.type === 'revocation-wanted')
  line.answered(wanted.request)
  assert.equal(await settled(), true)
})

test('a control process that never answers holds a handshake up so long and no longer', async (t) => {
  const { settled } = asking(t)
  t.mock.timers.tick(ANSWER_LIMIT_MS - 1)
  assert.equal(await settled(), false)
  t.mock.timers.tick(1)
  assert.equal(await settled(), true)
})
