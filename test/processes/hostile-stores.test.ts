/**
 * Goal: files that are made to hurt whoever reads them leave the traffic's p99 unmoved. Method: one run, the same caller
 * asking all the while; its p99 while hostile files are dropped into the store and handed to `trust add`, against its
 * p99 before. The bound is generous because the machine of a test has other things to do; SAFETY of the file itself is
 * held by test/certificate/hostile-container.test.ts.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { integer, nested, sequence } from '../kit/der.ts'
import { bag, certificateValue, mac, pfx, plain, shroudedKey } from '../kit/hostile-pkcs12.ts'
import { requestThrough } from '../kit/keep-alive-load.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend } from '../kit/start-backend.ts'
import { startInstance } from '../kit/start-instance.ts'

const mainFile = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const corp = await makeTrust(['shop.localhost'])
const certificates = sequence(bag(3, certificateValue(corp.ca.der)))

/** What each is made to cost; the first one is honest about its work, so that only the clock ends it. */
const hostile: Readonly<Record<string, Buffer>> = {
  'a bomb within the limit of iterations': pfx([plain(certificates)], mac(5_000_000)),
  'a bomb in a nested key': pfx([plain(sequence(bag(6, sequence(bag(2, shroudedKey(2_147_483_647))))))]),
  'ASN.1 a hundred thousand deep': sequence(integer(3), nested(100_000)),
}

const policy = `apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: hostile }
spec:
  strictTls: { defaultTrustStore: none, customTrustStores: [corp] }
  destinations: { allowAddresses: [127.0.0.0/8] }
`

test('hostile key stores, dropped in and added by command, leave the p99 of traffic unmoved', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-hostile-'))
  const store = path.join(folder, 'truststores', 'corp')
  mkdirSync(store, { recursive: true })
  writeFileSync(path.join(store, 'root.pem'), corp.ca.certificate)
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const backend = await startBackend(t, { certificate: corp.leaf })
  const instance = startInstance(t, { policy, folder })
  const ask = asker(t, await instance.up, backend.port)

  // Warm first: what is measured is the traffic, not the start.
  await p99While(ask, pause(500))
  const before = await p99While(ask, pause(1500))
  const during = await p99While(
    ask,
    (async () => {
      for (const [what, bytes] of Object.entries(hostile)) {
        const file = path.join(folder, 'upload.p12')
        writeFileSync(file, bytes)
        assert.equal(await trustAdd(folder, file), 3, what)
        writeFileSync(path.join(store, 'dropped.p12'), bytes)
        const told = instance.lines.length
        await instance.logged('truststore.rejected', (line) => instance.lines.indexOf(line) >= told)
        rmSync(path.join(store, 'dropped.p12'))
      }
    })(),
  )
  t.diagnostic(
    `p99 before ${before.p99.toFixed(2)} ms (${before.count}), during ${during.p99.toFixed(2)} ms (${during.count})`,
  )
  assert.ok(during.p99 < Math.max(10 * before.p99, 50), `p99 went from ${before.p99} to ${during.p99} ms`)
})

/** One caller on one kept connection. */
function asker(t: TestContext, proxyPort: number, port: number): () => Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  return async () => {
    assert.equal((await requestThrough(proxyPort, `http://shop.localhost:${port}/`, { agent })).status, 200)
  }
}

async function p99While(ask: () => Promise<void>, work: Promise<unknown>): Promise<{ p99: number; count: number }> {
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  const took: number[] = []
  while (!isOver) {
    const startedMs = performance.now()
    await ask()
    took.push(performance.now() - startedMs)
  }
  await over
  took.sort((a, b) => a - b)
  return { p99: took[Math.floor(took.length * 0.99)] ?? 0, count: took.length }
}

/** The command in a process of its own, as an operator runs it. */
async function trustAdd(folder: string, file: string): Promise<number> {
  const argv = [mainFile, 'trust', 'add', 'corp', file, '--truststores', path.join(folder, 'truststores')]
  const [status] = await once(spawn(process.execPath, argv, { stdio: 'ignore' }), 'exit')
  return status as number
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
