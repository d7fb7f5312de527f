/** Trust that is taken away is gone for the next request; trust that cannot be read stays as it was. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { requestThrough } from '../kit/keep-alive-load.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend } from '../kit/start-backend.ts'
import { startInstance } from '../kit/start-instance.ts'

const corp = await makeTrust(['shop.localhost'])
const other = await makeTrust(['shop.localhost'])

const policy = `apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: trust }
spec:
  strictTls: { defaultTrustStore: none, customTrustStores: [corp] }
  destinations: { allowAddresses: [127.0.0.0/8] }
`

test('a store that loses its authority refuses the backend at once, on the same caller connection', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-trust-'))
  const store = path.join(folder, 'truststores', 'corp')
  mkdirSync(store, { recursive: true })
  writeFileSync(path.join(store, 'root.pem'), corp.ca.certificate)
  const backend = await startBackend(t, { certificate: corp.leaf })
  const instance = startInstance(t, { policy, folder })
  const proxyPort = await instance.up
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  const ask = () => requestThrough(proxyPort, `http://shop.localhost:${backend.port}/`, { agent })
  assert.equal((await ask()).status, 200)

  writeFileSync(path.join(store, 'root.pem'), 'half a certificate')
  await instance.logged('truststore.rejected')
  assert.equal((await instance.status()).alarms.length, 1)
  assert.match((await instance.health('/readyz?verbose')).body, /\[\+\]trust ok: the last good one stays.*root\.pem/)
  assert.equal((await ask()).status, 200)

  writeFileSync(path.join(store, 'root.pem'), other.ca.certificate)
  await instance.logged('truststore.changed')
  const refused = await ask()
  assert.notEqual(refused.status, 200)
  assert.match(refused.body, /untrusted-issuer|incomplete-chain/)

  writeFileSync(path.join(store, 'root.pem'), corp.ca.certificate)
  const changes = () => instance.lines.filter(({ event }) => event === 'truststore.changed').length
  await instance.logged('truststore.changed', () => changes() === 2)
  assert.equal((await ask()).status, 200)
  assert.equal((await instance.status()).version?.number, 1)
  assert.deepEqual(
    backend.handshakes.map(({ resumed }) => resumed),
    backend.handshakes.map(() => false),
  )
})
