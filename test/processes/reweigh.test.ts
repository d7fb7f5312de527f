/**
 * Open tunnels and requests when trust is taken away: cut at once where the operator wants it, left to the drain
 * otherwise, and never touched while the new version trusts them. Real processes, real sockets on both sides.
 */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import type tls from 'node:tls'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend } from '../kit/start-backend.ts'
import { startInstance } from '../kit/start-instance.ts'
import { openTunnel } from '../kit/tunnel.ts'

const corp = await makeTrust(['corp.localhost'], { name: 'corp' })
const other = await makeTrust(['other.localhost'], { name: 'other' })

const policyWith = (stores: string) => `apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: reweigh }
spec:
  strictTls: { defaultTrustStore: none, customTrustStores: [${stores}] }
  destinations: { allowAddresses: [127.0.0.0/8] }
`
const both = policyWith('corp, other')
const withoutCorp = policyWith('other')

/** An instance that trusts two stores, a backend of each, and a way to open a tunnel to either. */
async function house(t: TestContext, settings = '') {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-reweigh-'))
  const writeStore = (name: string, pem: string) => {
    mkdirSync(path.join(folder, 'truststores', name), { recursive: true })
    writeFileSync(path.join(folder, 'truststores', name, 'root.pem'), pem)
  }
  writeStore('corp', corp.ca.certificate)
  writeStore('other', other.ca.certificate)
  const echo = (socket: tls.TLSSocket) => void socket.pipe(socket)
  const backends = {
    corp: await startBackend(t, { certificate: corp.leaf, onSecure: echo }),
    other: await startBackend(t, { certificate: other.leaf, onSecure: echo }),
  }
  const polled = new EventEmitter()
  const silent = await startBackend(t, { certificate: corp.leaf, respond: () => void polled.emit('asked') })
  const waiting = Object.assign(polled, { port: silent.port })
  const services = Object.entries(backends).map(
    ([name, { port }]) =>
      `  - { name: ${name}, accept: "unix:${folder}/${name}.sock", connect: "tls://${name}.localhost:${port}" }\n`,
  )
  const instance = startInstance(t, { policy: both, folder, settings: `${settings}\nservices:\n${services.join('')}` })
  const proxyPort = await instance.up
  const tunnel = (name: 'corp' | 'other') =>
    openTunnel(t, {
      proxyPort,
      authority: `${name}.localhost:${backends[name].port}`,
      ca: [corp.ca.certificate, other.ca.certificate],
    })
  return { folder, instance, proxyPort, writeStore, tunnel, waiting }
}

test('with --tunnels cut, the tunnel of a store that is gone ends at once, and that of another goes on', async (t) => {
  const { instance, tunnel } = await house(t)
  const [lost, kept] = [await tunnel('corp'), await tunnel('other')]
  assert.ok((await lost.echoes('one')) && (await kept.echoes('one')))
  await instance.apply(withoutCorp, { tunnels: 'cut' })
  await lost.closed
  assert.ok(await kept.echoes('two'))
  const line = await instance.logged('tunnel', ({ error }) => error !== undefined)
  assert.match(JSON.stringify(line), /POLICY_VERDICT_REFUSED/)
  assert.match(JSON.stringify(line), /corp\.localhost/)
  assert.equal((await instance.logged('generation.reweighed')).cut, 1)
})

test('without it, the tunnel goes on under the version it began with, and ends at the drain deadline', async (t) => {
  const { instance, tunnel } = await house(t, 'timeouts: { drain: 2s }')
  const lost = await tunnel('corp')
  await instance.apply(withoutCorp)
  assert.ok(await lost.echoes('still here'))
  await lost.closed
  assert.equal(instance.lines.filter(({ event }) => event === 'generation.reweighed').length, 0)
  await instance.logged('generation.cut')
})

test('a tunnel that one change left alone is cut by the next that wants it', async (t) => {
  const { instance, tunnel } = await house(t)
  const lost = await tunnel('corp')
  await instance.apply(withoutCorp)
  assert.ok(await lost.echoes('still here'))
  await instance.apply(`${withoutCorp}# again\n`, { tunnels: 'cut' })
  await lost.closed
})

test('the setting holds for a store that shrinks on the disk, and a command may ask for less', async (t) => {
  const { instance, tunnel, writeStore } = await house(t, 'openTunnels: cut')
  const [lost, kept] = [await tunnel('corp'), await tunnel('other')]
  await instance.apply(`${both}# nothing lost\n`)
  assert.ok((await lost.echoes('both')) && (await kept.echoes('both')))
  await instance.apply(withoutCorp, { tunnels: 'drain' })
  assert.ok(await lost.echoes('asked for less'))
  writeStore('other', corp.ca.certificate)
  await Promise.all([kept.closed, instance.logged('truststore.changed')])
  assert.ok(await lost.echoes('its authority is in the other store now'))
})

test('a request that waits for its answer is cut as well, and says why in its line', async (t) => {
  const { instance, proxyPort, waiting } = await house(t)
  const raw = net.connect(proxyPort, '127.0.0.1')
  raw.on('error', () => {})
  t.after(() => raw.destroy())
  const asked = once(waiting, 'asked')
  const closed = new Promise((resolve) => raw.once('close', resolve))
  raw.write(`GET http://corp.localhost:${waiting.port}/poll HTTP/1.1\r\nHost: corp.localhost\r\n\r\n`)
  await asked
  await instance.apply(withoutCorp, { tunnels: 'cut' })
  await closed
  const line = await instance.logged('request', ({ error }) => error !== undefined)
  assert.match(
    JSON.stringify(line),
    /version 2 refuses corp\.localhost:\d+, and ends what is open.*POLICY_VERDICT_REFUSED/,
  )
})

test('a caller of a service is cut with its store, and one of another service goes on', async (t) => {
  const { folder, instance } = await house(t)
  const call = async (name: string) => {
    const socket = net.connect(path.join(folder, `${name}.sock`))
    socket.on('error', () => {})
    t.after(() => socket.destroy())
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const echoes = async (text: string) => {
      const answer = once(socket, 'data')
      socket.write(text)
      return String((await answer)[0]) === text
    }
    assert.ok(await echoes('one'))
    return { closed, echoes }
  }
  const [lost, kept] = [await call('corp'), await call('other')]
  await instance.apply(withoutCorp, { tunnels: 'cut' })
  await lost.closed
  assert.ok(await kept.echoes('two'))
})
