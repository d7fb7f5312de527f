/**
 * Authorised tunnels end to end: one TLS entrance, many hosts, curl and raw callers on one side, TLS of their own inside,
 * all in the real product with several workers.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import tls from 'node:tls'
import { needTools } from '../../bench/rig/tools.ts'
import { listAudit } from '../../src/history/audit.ts'
import { closeHistory, openToRead } from '../../src/history/open-history.ts'
import { makeTrust, type Trust } from '../kit/make-trust.ts'
import { startBackend, type TestBackend } from '../kit/start-backend.ts'
import { runProgram, type Sidecar, startSidecar } from '../kit/start-sidecar.ts'
import { tlsInside } from '../kit/tls-in-tls.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
let sidecar: Sidecar
let host: TestBackend
let other: TestBackend
let folder: string
let gateway: Trust
let hosts: Trust

before(async () => {
  await needTools(['curl'])
  folder = mkdtempSync(path.join(tmpdir(), 'vedette-tokens-'))
  cleaner.after(() => rmSync(folder, { recursive: true, force: true }))
  gateway = await makeTrust(['gateway.localhost'], { name: 'gateway' })
  hosts = await makeTrust(['host.localhost', 'other.localhost'], { name: 'hosts' })
  host = await startBackend(cleaner, { certificate: hosts.leaf })
  other = await startBackend(cleaner, { certificate: hosts.leaf })
  mkdirSync(path.join(folder, 'gateway'))
  writeFileSync(path.join(folder, 'gateway', 'tls.crt'), gateway.leaf.certificate)
  writeFileSync(path.join(folder, 'gateway', 'tls.key'), gateway.leaf.key)
  writeFileSync(path.join(folder, 'gateway-ca.pem'), gateway.ca.certificate)
  writeFileSync(path.join(folder, 'hosts-ca.pem'), hosts.ca.certificate)
  sidecar = await startSidecar(cleaner, {
    trust: { hosts: hosts.ca.certificate },
    spec: `strictTls: { defaultTrustStore: none, customTrustStores: [hosts] }`,
    settings: `identities: ${folder}
workers: 2
services:
  - { name: hosts, accept: "tls://127.0.0.1:0", tls: { certificate: gateway }, tokens: { keys: tunnels } }
`,
  })
  const active = sidecar.lines('generation.active').length
  await issue('host.localhost:1', 'first')
  await sidecar.until(() => sidecar.lines('generation.active').length > active)
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

interface Issued {
  readonly id: string
  readonly token: string
}

async function issue(to: string, subject: string, ...more: string[]): Promise<Issued> {
  const { code, stdout, stderr } = await sidecar.vedette([
    'token',
    'issue',
    '--to',
    to,
    '--for',
    subject,
    '--json',
    ...more,
  ])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as Issued
}

const port = () => sidecar.servicePort('hosts')

/** Asks for a page of a host by curl: its TLS with us, a token, its own TLS with the host. */
function curl(token: string, target: string) {
  const proxy = [
    '--proxy',
    `https://gateway.localhost:${port()}`,
    '--proxy-cacert',
    path.join(folder, 'gateway-ca.pem'),
  ]
  const inside = ['--cacert', path.join(folder, 'hosts-ca.pem'), '--resolve', `gateway.localhost:${port()}:127.0.0.1`]
  const bearer = token === '' ? [] : ['--proxy-header', `Proxy-Authorization: Bearer ${token}`]
  return runProgram('curl', ['-sS', '--max-time', '20', ...proxy, ...inside, ...bearer, `https://${target}/`])
}

/** Speaks TLS with the entrance, asks for a tunnel and gives all that came back before it closed or was open. */
async function connect(t: Pick<TestContext, 'after'>, head: string): Promise<{ reply: string; outer: tls.TLSSocket }> {
  const outer = tls.connect({
    port: port(),
    host: '127.0.0.1',
    servername: 'gateway.localhost',
    ca: gateway.ca.certificate,
  })
  t.after(() => outer.destroy())
  outer.on('error', () => {})
  await once(outer, 'secureConnect')
  outer.write(head)
  let reply = ''
  return new Promise((resolve) => {
    const settle = () => {
      outer.off('data', take)
      resolve({ reply, outer })
    }
    const take = (bytes: Buffer) => {
      reply += bytes.toString()
      if (reply.endsWith('\r\n\r\n')) settle()
    }
    outer.on('data', take)
    outer.once('close', settle)
  })
}

const asking = (target: string, token?: string) =>
  `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${token === undefined ? '' : `Proxy-Authorization: Bearer ${token}\r\n`}\r\n`

const lineOf = (fits: (line: Record<string, unknown>) => boolean) =>
  sidecar.line((line) => line.entrance === 'hosts' && fits(line))

describe('a token tunnel', () => {
  it('leads curl to the host, end to end, and the log says whose token it was', async () => {
    const to = `host.localhost:${host.port}`
    const { id, token } = await issue(to, 'desk-7', '--ttl', '5m')
    const { stdout, stderr } = await curl(token, to)
    assert.equal(stdout, 'ok', stderr)
    // The last handshake is the caller's own: with ours alone it would not have got a page.
    assert.equal(host.handshakes.at(-1)?.sni, 'host.localhost')
    const line = await lineOf(({ callerIdentity }) => String(callerIdentity).includes('subject:desk-7'))
    assert.equal(line.callerIdentity, `subject:desk-7, token:${id}`)
    assert.deepEqual(
      [line.kind, line.host, line.verdict, line.decision],
      ['connect', 'host.localhost', 'trusted', 'allow'],
    )
  })

  it('leads a caller that does not know the host, and other tokens lead elsewhere through the same entrance', async (t) => {
    const { token } = await issue(`other.localhost:${other.port}`, 'desk-8')
    const before = host.accepted
    const { reply, outer } = await connect(t, asking('tunnel.invalid:443', token))
    assert.match(reply, /^HTTP\/1\.1 200 /)
    const inner = tlsInside(outer, { servername: 'other.localhost', ca: hosts.ca.certificate })
    t.after(() => inner.destroy())
    await once(inner, 'secureConnect')
    inner.write('GET / HTTP/1.1\r\nHost: other.localhost\r\nConnection: close\r\n\r\n')
    const [answer] = (await once(inner, 'data')) as [Buffer]
    assert.match(answer.toString(), /^HTTP\/1\.1 200 OK/)
    assert.equal(host.accepted, before)
  })

  it('refuses another server name inside, unless the token says that names are not checked', async (t) => {
    const to = `host.localhost:${host.port}`
    const inside = async (token: string) => {
      const { outer } = await connect(t, asking('tunnel.invalid:443', token))
      const inner = tlsInside(outer, { servername: 'gateway.localhost', rejectUnauthorized: false })
      t.after(() => inner.destroy())
      return new Promise<string>((resolve) => {
        inner.once('secureConnect', () => resolve('open'))
        inner.once('error', () => resolve('refused'))
      })
    }
    assert.equal(await inside((await issue(to, 'strict')).token), 'refused')
    assert.equal(await inside((await issue(to, 'lax', '--no-name-check')).token), 'open')
    const line = await lineOf(({ callerIdentity }) => String(callerIdentity).includes('subject:strict'))
    assert.deepEqual(line.findings, ['name-mismatch'])
  })
})

it('the record says who made tokens, who brought them, what came of it and who was refused, in one whole chain', async () => {
  const to = `host.localhost:${host.port}`
  const [good, dead] = [await issue(to, 'kept'), await issue('host.localhost:1', 'dead')]
  for (const { token } of [good, good, dead, { token: 'stolen.SECRET' }]) await curl(token, to)
  assert.equal((await curl(dead.token, 'host.localhost:1')).stdout, '')
  await sidecar.vedette(['token', 'revoke', good.id])
  await curl(good.token, to)
  const told: [event: string, says: RegExp][] = [
    ['token.used', /of kept was brought from 127\.0\.0\.1 for host\.localhost:\d+ \(2 times\)$|of kept .*\d$/],
    ['token.used', /of dead was brought .* which came to nothing: /],
    ['token.refused', /not shaped like one of ours/],
    ['token.refused', /is not for host\.localhost/],
    ['token.refused', /of kept is revoked/],
    ['token.revoked', new RegExp(good.id)],
  ]
  for (const [event, says] of told) await sidecar.line((one) => one.event === event && says.test(String(one.message)))

  const history = await openToRead(path.join(sidecar.folder, 'state'))
  assert.ok(history)
  const entries = listAudit(history, { limit: 1000 })
  closeHistory(history)
  const of = (id: string) => entries.filter(({ subject }) => subject === id).toReversed()
  const issued = of(good.id)[0]
  assert.deepEqual([issued?.action, issued?.detail.holder, issued?.detail.to], ['token.issued', 'kept', to])
  const used = of(good.id).filter(({ action }) => action === 'token.used')
  assert.ok(used.length > 0)
  for (const { actor, address, outcome, detail } of used) {
    assert.deepEqual([actor, address, outcome, detail.to, detail.service], ['kept', '127.0.0.1', 'done', to, 'hosts'])
  }
  const failed = of(dead.id).find(({ action }) => action === 'token.used')
  assert.deepEqual([failed?.outcome, failed?.detail.code], ['refused', 'BACKEND_CONNECT_REFUSED'])
  assert.ok(!JSON.stringify(entries).includes('SECRET'))
  const { stdout } = await sidecar.vedette(['doctor'])
  assert.match(stdout, /record +\d+ entries, the chain holds/)
})

describe('whoever has no leave', () => {
  const constant =
    'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Bearer\r\n' +
    'Strict-Transport-Security: max-age=31536000\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

  it('gets the same bytes whatever is wrong, and nothing reaches a host', async (t) => {
    const to = `host.localhost:${host.port}`
    const fresh = async (...more: string[]) => (await issue(to, 'twin', ...more)).token
    const revoked = await issue(to, 'revoked')
    await sidecar.vedette(['token', 'revoke', revoked.id])
    const late = await fresh('--ttl', '1s')
    const before = host.accepted
    await new Promise((resolve) => setTimeout(resolve, 1100))
    const rows: [reason: string, head: string, says: RegExp][] = [
      ['no token', asking(to), /is missing/],
      ['a wrong one', asking(to, 'abc'), /not shaped/],
      [
        'a tampered one',
        asking(
          to,
          (await fresh()).replace(/..$/, (end) => (end === 'AA' ? 'BB' : 'AA')),
        ),
        /was changed/,
      ],
      ['one that has expired', asking(to, late), /has expired/],
      ['a revoked one', asking(to, revoked.token), /is revoked/],
      ['one for another host', asking(`other.localhost:${other.port}`, await fresh()), /is not for/],
      [
        'two at once',
        asking(to, await fresh()).replace('\r\n\r\n', '\r\nProxy-Authorization: Bearer x\r\n\r\n'),
        /is missing/,
      ],
      [
        'another method',
        `GET http://${to}/ HTTP/1.1\r\nHost: ${to}\r\nProxy-Authorization: Bearer ${await fresh()}\r\n\r\n`,
        /only for CONNECT/,
      ],
      ['a password', `CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\nProxy-Authorization: Basic YTpi\r\n\r\n`, /is missing/],
      ['a broken head', 'CONNECT  HTTP/1.1\r\n\r\n', /./],
    ]
    for (const [reason, head, says] of rows) {
      const seen = sidecar.log.length
      const { reply } = await connect(t, head)
      assert.equal(reply, constant, reason)
      await sidecar.until(() => sidecar.log.slice(seen).some(({ entrance }) => entrance === 'hosts'))
      const line = sidecar.log.slice(seen).find(({ entrance }) => entrance === 'hosts')
      assert.match(String(line?.message), says, reason)
      assert.equal(line?.status, 407, reason)
    }
    assert.equal(host.accepted, before)
  })

  it('gets one tunnel by a token for one, whoever comes first', async (t) => {
    const to = `host.localhost:${host.port}`
    const { token } = await issue(to, 'once', '--once')
    const replies = await Promise.all(Array.from({ length: 8 }, () => connect(t, asking(to, token))))
    const open = replies.filter(({ reply }) => reply.startsWith('HTTP/1.1 200 '))
    assert.equal(open.length, 1)
    for (const { reply } of replies) assert.ok(reply === constant || reply.startsWith('HTTP/1.1 200 '))
    assert.equal((await connect(t, asking(to, token))).reply, constant)
  })
})

it('keys change without a token that is out being refused', async () => {
  const to = `host.localhost:${host.port}`
  const { token } = await issue(to, 'before')
  const active = sidecar.lines('generation.active').length
  assert.equal((await sidecar.vedette(['token', 'rotate'])).code, 0)
  await sidecar.until(() => sidecar.lines('generation.active').length > active)
  const after = await issue(to, 'after')
  for (const each of [token, after.token]) assert.equal((await curl(each, to)).stdout, 'ok')
})
