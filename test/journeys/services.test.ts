/** Fixed forwards in the real product: callers in plain text on one side, TLS under the policy on the other. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { RawSocket } from '../kit/entrance.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend, type TestBackend } from '../kit/start-backend.ts'
import { type Sidecar, startSidecar } from '../kit/start-sidecar.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
let good: TestBackend
let wrong: TestBackend
let sidecar: Sidecar

/** Greets and echoes, as a mail server speaks first. */
const greets = (name: string) => (socket: net.Socket) => {
  socket.write(`hello from ${name}\n`)
  socket.pipe(socket)
}

before(async () => {
  const trust = await makeTrust(['backend.localhost'])
  const stranger = await makeTrust(['backend.localhost'], { name: 'stranger' })
  good = await startBackend(cleaner, { certificate: trust.leaf, onSecure: greets('good') })
  wrong = await startBackend(cleaner, { certificate: stranger.leaf, onSecure: greets('wrong') })
  sidecar = await startSidecar(cleaner, {
    trust: { corp: trust.ca.certificate },
    spec: 'strictTls: { defaultTrustStore: none, customTrustStores: [corp] }',
    settings: settingsOf('greeter', 'refused', 'socket'),
  })
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

function settingsOf(...names: string[]): string {
  const all: Record<string, string> = {
    greeter: `accept: "127.0.0.1:0", connect: "tls://backend.localhost:${good.port}"`,
    later: `accept: "127.0.0.1:0", connect: "tls://backend.localhost:${good.port}"`,
    refused: `accept: "127.0.0.1:0", connect: "tls://backend.localhost:${wrong.port}"`,
    socket: `accept: "unix:greeter.sock", mode: "0660", connect: "tls://backend.localhost:${good.port}"`,
  }
  return `timeouts: { drain: 20s }\nservices:\n${names.map((name) => `  - { name: ${name}, ${all[name]} }\n`).join('')}`
}

async function callSocket(t: TestContext): Promise<RawSocket> {
  const socket = net.connect(path.join(sidecar.folder, 'greeter.sock'))
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  return new RawSocket(socket)
}

const settingsFile = () => path.join(sidecar.folder, 'vedette.yaml')

/** Writes other services into the settings and waits until they are in force. */
async function changeServices(...names: string[]): Promise<void> {
  const before = readFileSync(settingsFile(), 'utf8')
  const at = before.indexOf('timeouts: { drain')
  const active = sidecar.lines('generation.active').length
  writeFileSync(settingsFile(), before.slice(0, at) + settingsOf(...names))
  await sidecar.until(() => sidecar.lines('generation.active').length > active)
}

describe('a service', () => {
  it('carries plain text to TLS under the policy, and logs one line under its own name', async (t) => {
    const caller = await RawSocket.connect(t, sidecar.servicePort('greeter'))
    await caller.receive('hello from good\n')
    caller.send('there and back\n')
    await caller.receive('there and back\n')
    caller.socket.end()
    await caller.until(({ ended }) => ended)
    const line = await sidecar.line(({ entrance, event }) => event === 'tunnel' && entrance === 'greeter')
    const { kind, verdict, decision, host, scheme, bytesOut, bytesIn } = line
    assert.deepEqual(
      { kind, verdict, decision, host, scheme, bytesOut, bytesIn },
      {
        ...{ kind: 'service', verdict: 'trusted', decision: 'allow', host: 'backend.localhost', scheme: 'tls' },
        ...{ bytesOut: 15, bytesIn: 31 },
      },
    )
    assert.equal(good.handshakes.at(-1)?.sni, 'backend.localhost')
  })

  it('closes with a reset when the policy refuses the backend, and logs the finding', async (t) => {
    const caller = await RawSocket.connect(t, sidecar.servicePort('refused'))
    await caller.until(({ closed }) => closed).catch(() => {})
    assert.equal(caller.error?.code, 'ECONNRESET')
    assert.equal(caller.received, '')
    const line = await sidecar.line(({ entrance, event }) => event === 'tunnel' && entrance === 'refused')
    assert.equal(line.error, 'POLICY_VERDICT_REFUSED')
    assert.deepEqual(line.findings, ['untrusted-issuer'])
  })

  it('takes callers on a socket file with the bits asked for', async (t) => {
    assert.equal(statSync(path.join(sidecar.folder, 'greeter.sock')).mode & 0o777, 0o660)
    const caller = await callSocket(t)
    await caller.receive('hello from good\n')
  })

  it('is counted by its name', async () => {
    const series = 'vedette_connections_total{entrance="refused",decision="deny",reason="untrusted-issuer"'
    // Workers report once a second.
    let metrics = ''
    for (let asked = 0; asked < 1000 && !metrics.includes(series); asked += 1) {
      metrics = await (await fetch(`${sidecar.healthUrl}/metrics`)).text()
    }
    assert.ok(metrics.includes(series))
  })

  it('is added and removed without a lost connection on the others', async (t) => {
    const kept = await RawSocket.connect(t, sidecar.servicePort('greeter'))
    await kept.receive('hello from good\n')
    const removed = await callSocket(t)
    await removed.receive('hello from good\n')
    const port = sidecar.servicePort('greeter')
    await changeServices('later', 'greeter')
    assert.equal(sidecar.servicePort('greeter'), port)
    for (const caller of [kept, removed]) {
      caller.send('still here\n')
      await caller.receive('still here\n')
    }
    const later = await RawSocket.connect(t, sidecar.servicePort('later'))
    await later.receive('hello from good\n')
    await assert.rejects(callSocket(t), { code: 'ENOENT' })
  })
})
