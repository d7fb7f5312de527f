/**
 * The load generator is what says "0 failed requests", so it is held to account first: through a proxy without
 * faults it must find nothing, and every fault put into the proxy on purpose must be found.
 */
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { after, before, describe, it } from 'node:test'
import type { BackendPorts } from '../../bench/load/backend.ts'
import { RequestLoad } from '../../bench/load/request-load.ts'
import type { RequestEntry } from '../../bench/load/request-log.ts'
import { TunnelLoad } from '../../bench/load/tunnel-load.ts'
import { BACKEND_NAME, type Certificates, makeCertificates } from '../../bench/rig/certificates.ts'
import { type Child, startChild } from '../../bench/rig/child.ts'
import { temporaryFolder } from '../../bench/rig/rig.ts'
import { type Fault, type StandIn, startStandIn } from './stand-in-proxy.ts'

const REQUESTS = 60
let folder: string
let certificates: Certificates
let backend: Child
let ports: BackendPorts
let proxy: StandIn

before(async () => {
  folder = temporaryFolder()
  certificates = await makeCertificates(folder)
  const args = [new URL('../../bench/load/backend.ts', import.meta.url).pathname]
  backend = startChild({ name: 'backend', command: process.execPath, args, folder, messages: true })
  ports = await new Promise((answered) => {
    backend.process.once('message', (message) => answered(message as BackendPorts))
    backend.process.send({ certificate: certificates.certificate, key: certificates.key })
  })
})

after(async () => {
  await backend.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

/** Sends a number of requests through a stand-in with one fault, and gives what the generator recorded. */
async function loadThrough(fault: Fault, freshPerSecond = 0) {
  proxy = await startStandIn(certificates.ca)
  proxy.fault = fault
  const entries: RequestEntry[] = []
  let enough: () => void = () => {}
  const done = new Promise<void>((resolve) => {
    enough = resolve
  })
  const load = new RequestLoad({
    proxyPort: proxy.port,
    authority: `${BACKEND_NAME}:${ports.http}`,
    rate: 200,
    connections: 16,
    freshPerSecond,
    over: (entry) => {
      entries.push(entry)
      if (entries.length === REQUESTS) enough()
    },
  })
  load.start()
  await done
  await load.stop(5_000)
  await proxy.close()
  return { entries, closedIdle: load.closedIdle }
}

describe('the request load', () => {
  it('finds no failure through a proxy without faults, with requests of every kind', async () => {
    const { entries, closedIdle } = await loadThrough('none', 40)
    assert.deepEqual(
      entries.filter(({ failure }) => failure !== ''),
      [],
    )
    assert.equal(closedIdle, 0)
    assert.ok(new Set(entries.map(({ kind }) => kind)).size >= 7, 'the mix has at least seven kinds of requests')
    assert.ok(entries.every(({ dueMs, sentMs, endMs }) => dueMs <= sentMs && sentMs < endMs))
  })

  const faults: readonly (readonly [Fault, RegExp])[] = [
    ['cut-answer', /closed before|ECONNRESET/],
    ['change-answer', /other bytes/],
    ['swap-answer', /the answer of request/],
    ['refuse', /status 502, stand-in/],
  ]
  for (const [fault, message] of faults) {
    it(`finds a failure in every request when the proxy is set to ${fault}`, async () => {
      const { entries } = await loadThrough(fault)
      for (const { failure } of entries) assert.match(failure, message)
    })
  }

  it('finds a request body that was changed on its way', async () => {
    const { entries } = await loadThrough('change-request')
    for (const { method, failure } of entries) {
      if (method === 'POST') assert.match(failure, /the backend got/)
      else assert.equal(failure, '')
    }
  })

  it('counts connections that are closed while nothing is under way', async () => {
    const { closedIdle } = await loadThrough('close-idle')
    assert.ok(closedIdle > 0)
  })
})

describe('the tunnel load', () => {
  const options = () => ({
    proxyPort: proxy.port,
    authority: `${BACKEND_NAME}:${ports.echo}`,
    host: BACKEND_NAME,
    ca: fs.readFileSync(certificates.ca),
    intervalMs: 20,
    tunnels: 5,
    shortPerSecond: 0,
  })

  it('keeps tunnels open and sees every echo come back', async () => {
    proxy = await startStandIn(certificates.ca)
    const load = new TunnelLoad(options())
    await load.start()
    const figures = await load.stop(5_000)
    await proxy.close()
    assert.deepEqual(
      { ...figures, echoes: 0, slowestMs: 0 },
      { opened: 5, dropped: 0, echoes: 0, slowestMs: 0, shortOpened: 0, shortFailed: 0, failures: [] },
    )
    assert.ok(figures.echoes >= 5)
  })

  it('counts every tunnel that is cut', async () => {
    proxy = await startStandIn(certificates.ca)
    const load = new TunnelLoad(options())
    await load.start()
    proxy.cutTunnels()
    await proxy.close()
    const figures = await load.stop(5_000)
    assert.equal(figures.dropped, 5)
  })

  it('counts tunnels that another name was asked for: their own TLS refuses the certificate', async () => {
    proxy = await startStandIn(certificates.ca)
    const load = new TunnelLoad({ ...options(), host: 'other.localhost' })
    await load.start()
    const figures = await load.stop(5_000)
    await proxy.close()
    assert.equal(figures.opened, 0)
    assert.equal(figures.dropped, 5)
  })
})
