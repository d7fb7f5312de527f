/** What one worker learns of a middlebox that breaks large hellos: its siblings and successors know it, and so does the operator. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { LearnedIntolerance } from '../../src/processes/supervisor/learned-intolerance.ts'
import { eventually } from '../kit/eventually.ts'
import { requestThrough } from '../kit/keep-alive-load.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startInstance } from '../kit/start-instance.ts'
import { startMiddlebox } from '../kit/start-middlebox.ts'

const policy = (comment: string) => `apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: hybrid, comment: ${comment} }
spec:
  strictTls: { defaultTrustStore: none, customTrustStores: [corp] }
  tls: { postQuantum: prefer }
  destinations: { allowAddresses: [127.0.0.0/8] }
`

test('a mark reaches siblings, the next generation, the log, status and metrics', async (t) => {
  const trust = await makeTrust(['shop.localhost'])
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-intolerance-'))
  const store = path.join(folder, 'truststores', 'corp')
  mkdirSync(store, { recursive: true })
  writeFileSync(path.join(store, 'root.pem'), trust.ca.certificate)
  const box = await startMiddlebox(t, trust.leaf, {
    does: 'resets',
    // Every request needs a handshake of its own.
    wish: { respond: (_, response) => response.setHeader('Connection', 'close').end('ok') },
  })
  const instance = startInstance(t, { policy: policy('first'), folder })
  const proxyPort = await instance.up
  const authority = `shop.localhost:${box.port}`
  const ask = async () => (await requestThrough(proxyPort, `http://${authority}/`)).status
  const dialsOf = async (requests: number) => {
    const before = box.accepted
    for (let n = 0; n < requests; n += 1) assert.equal(await ask(), 200)
    return box.accepted - before
  }
  // Two workers, and each needs two of its own: with four requests at least one of them has them.
  await dialsOf(4)
  const logged = await instance.logged('backend.intolerant')
  assert.equal(logged.backend, authority)
  const marked = async () => (await instance.status()).intolerant.map((mark) => mark.authority)
  await eventually(async () => (await marked()).includes(authority), 'the mark in the status')
  assert.deepEqual(await marked(), [authority])
  assert.match((await instance.health('/metrics')).body, /^vedette_tls_intolerant_backends 1$/m)
  assert.equal(await dialsOf(6), 6, 'no worker of this generation tries the large hello again')

  await instance.apply(policy('second'))
  assert.equal(await dialsOf(4), 4, 'nor one of the next')
})

test('only news is passed on, and what is over is forgotten', () => {
  const learned = new LearnedIntolerance()
  const untilMs = Date.now() + 60_000
  const mark = { authority: 'a.test:443', untilMs }
  assert.deepEqual(learned.take([mark, { authority: 'b.test:443', untilMs: Date.now() - 1 }]), [mark])
  assert.deepEqual(learned.take([mark]), [])
  assert.deepEqual(learned.marks, [mark])
  learned.take(Array.from({ length: 3000 }, (_, n) => ({ authority: `c${n}.test:443`, untilMs })))
  assert.equal(learned.marks.length, 1000)
})
