/** A running instance trusts what a key store holds, and traffic does not notice one that is made to hurt. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { sequence } from '../kit/der.ts'
import { bag, certificateValue, honestPkcs12, mac, pfx, plain } from '../kit/hostile-pkcs12.ts'
import { requestThrough } from '../kit/keep-alive-load.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend } from '../kit/start-backend.ts'
import { startInstance } from '../kit/start-instance.ts'

const corp = await makeTrust(['shop.localhost'])
const variable = 'VEDETTE_TRUST_PASSWORD_INSTANCE'
const password = 'canary-4711'

const policy = `apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: trust }
spec:
  strictTls: { defaultTrustStore: none, customTrustStores: [corp] }
  destinations: { allowAddresses: [127.0.0.0/8] }
`

test('a PKCS#12 store with its password in a variable is trusted, and a bomb in its place stops nobody', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-trust-'))
  const store = path.join(folder, 'truststores', 'corp.p12')
  mkdirSync(path.dirname(store), { recursive: true })
  writeFileSync(store, honestPkcs12([corp.ca.der], password))
  writeFileSync(`${store}.password-env`, variable)
  process.env[variable] = password
  t.after(() => delete process.env[variable])
  const backend = await startBackend(t, { certificate: corp.leaf })
  const instance = startInstance(t, { policy, folder })
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const proxyPort = await instance.up
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  const ask = () => requestThrough(proxyPort, `http://shop.localhost:${backend.port}/`, { agent })
  assert.equal((await ask()).status, 200)

  // Some five seconds of work within the limit of iterations: the clock has to end it.
  const contents = sequence(bag(3, certificateValue(corp.ca.der)))
  writeFileSync(store, pfx([plain(contents)], mac(5_000_000)))
  let rejected: string | undefined
  const waiting = instance.logged('truststore.rejected').then((line) => {
    rejected = JSON.stringify(line)
  })
  let slowestMs = 0
  while (rejected === undefined) {
    const started = performance.now()
    assert.equal((await ask()).status, 200)
    slowestMs = Math.max(slowestMs, performance.now() - started)
  }
  await waiting
  assert.match(rejected, /corp\.p12: takes more than 2000 ms to read/)
  assert.ok(slowestMs < 1_000, `a request took ${slowestMs} ms`)
  assert.ok(!JSON.stringify(instance.lines).includes(password) && !instance.stderr.includes(password))
})
