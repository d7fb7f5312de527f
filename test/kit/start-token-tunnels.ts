/** An instance with one entrance for tokens and one TLS host behind it that speaks in half-closed connections. */
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import tls from 'node:tls'
import type { MadeCertificate } from '../../src/certificate/make-certificate.ts'
import { makeTrust } from './make-trust.ts'
import { type Sidecar, startSidecar } from './start-sidecar.ts'
import { tlsInside } from './tls-in-tls.ts'

const CHUNK = crypto.randomBytes(1024 * 1024)

interface Cleaner {
  after(clean: () => unknown): void
}

export interface TokenTunnels {
  readonly sidecar: Sidecar
  issue(): Promise<string>
  /** Opens a tunnel and the TLS inside it. */
  open(token: string): Promise<tls.TLSSocket>
  /** Sends so much, ends, and gets as much back; throws unless both directions arrive whole. */
  carry(inner: tls.TLSSocket, megabytes: number): Promise<void>
}

/** Starts both; `workers` of the instance, one when left out. */
export async function startTokenTunnels(t: Cleaner, { workers = 1 } = {}): Promise<TokenTunnels> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-tunnels-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const gateway = await makeTrust(['gateway.localhost'], { name: 'gateway' })
  const hosts = await makeTrust(['host.localhost'], { name: 'hosts' })
  const host = await startHost(t, hosts.leaf)
  mkdirSync(path.join(folder, 'gateway'))
  writeFileSync(path.join(folder, 'gateway', 'tls.crt'), gateway.leaf.certificate)
  writeFileSync(path.join(folder, 'gateway', 'tls.key'), gateway.leaf.key)
  const sidecar = await startSidecar(t, {
    trust: { hosts: hosts.ca.certificate },
    spec: 'strictTls: { defaultTrustStore: none, customTrustStores: [hosts] }',
    settings: `identities: ${folder}
workers: ${workers}
services:
  - { name: hosts, accept: "tls://127.0.0.1:0", tls: { certificate: gateway }, tokens: { keys: tunnels } }
`,
  })
  const active = sidecar.lines('generation.active').length
  const issue = async (): Promise<string> => {
    const to = `host.localhost:${host}`
    const { code, stdout, stderr } = await sidecar.vedette([
      'token',
      'issue',
      '--to',
      to,
      '--for',
      'volume',
      '--ttl',
      '1h',
    ])
    assert.equal(code, 0, stderr)
    return stdout.trim()
  }
  // The first token makes the first key, and workers learn of it by a new generation.
  await issue()
  await sidecar.until(() => sidecar.lines('generation.active').length > active)
  const open = async (token: string): Promise<tls.TLSSocket> => {
    const [port, ca] = [sidecar.servicePort('hosts'), gateway.ca.certificate]
    const outer = tls.connect({
      port,
      host: '127.0.0.1',
      servername: 'gateway.localhost',
      ca,
      allowHalfOpen: true,
    } as tls.ConnectionOptions)
    await once(outer, 'secureConnect')
    outer.write(`CONNECT tunnel.invalid:443 HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Bearer ${token}\r\n\r\n`)
    const [reply] = (await once(outer, 'data')) as [Buffer]
    assert.match(reply.toString(), /^HTTP\/1\.1 200 /)
    outer.pause()
    const inner = tlsInside(outer, { servername: 'host.localhost', ca: hosts.ca.certificate })
    t.after(() => inner.destroy())
    await once(inner, 'secureConnect')
    return inner
  }
  return { sidecar, issue, open, carry }
}

/** Its port. */
async function startHost(t: Cleaner, { certificate, key }: MadeCertificate): Promise<number> {
  const options = { cert: certificate, key, allowHalfOpen: true }
  const server = tls.createServer(options, (socket) => {
    socket.on('error', () => {})
    answer(socket).catch(() => socket.destroy())
  })
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Takes all that comes to its end, then says what it was and as much again: only a half-closed caller hears it. */
async function answer(socket: tls.TLSSocket): Promise<void> {
  const { bytes, sha256 } = await digest(socket)
  socket.write(`${JSON.stringify({ bytes, sha256 })}\n`)
  await pipeline(volume(bytes / CHUNK.length), socket)
}

async function carry(inner: tls.TLSSocket, megabytes: number): Promise<void> {
  const sent = crypto.createHash('sha256')
  for (let part = 0; part < megabytes; part += 1) sent.update(CHUNK)
  const sha256 = sent.digest('hex')
  const back = answerOf(inner)
  await pipeline(volume(megabytes), inner as Writable, { end: true })
  const { said, rest } = await back
  assert.deepEqual(said, { bytes: megabytes * CHUNK.length, sha256 })
  assert.deepEqual(rest, { bytes: megabytes * CHUNK.length, sha256 })
}

function* volume(megabytes: number): Iterable<Buffer> {
  for (let part = 0; part < megabytes; part += 1) yield CHUNK
}

async function answerOf(inner: tls.TLSSocket) {
  let line = Buffer.alloc(0)
  const hash = crypto.createHash('sha256')
  let bytes = 0
  let said: unknown
  for await (const chunk of inner as AsyncIterable<Buffer>) {
    let rest = chunk
    if (said === undefined) {
      line = Buffer.concat([line, chunk])
      const end = line.indexOf(10)
      if (end === -1) continue
      said = JSON.parse(line.toString('utf8', 0, end))
      rest = line.subarray(end + 1)
    }
    hash.update(rest)
    bytes += rest.length
  }
  return { said, rest: { bytes, sha256: hash.digest('hex') } }
}

async function digest(from: Readable): Promise<{ bytes: number; sha256: string }> {
  const hash = crypto.createHash('sha256')
  let bytes = 0
  // Not by `for await`, which would destroy the socket at its end: the other half is still to be used.
  from.on('data', (chunk: Buffer) => {
    hash.update(chunk)
    bytes += chunk.length
  })
  await once(from, 'end')
  return { bytes, sha256: hash.digest('hex') }
}
