/**
 * Out through proxies that are not ours: tinyproxy (CONNECT) and microsocks (SOCKS5), each with a user and password of its
 * own. What they carry is our TLS, so what the policy says of a backend holds as without them; what they log is what
 * they were asked for.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { needTools, pathOf } from '../../bench/rig/tools.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { accepting, endChild, freePort } from '../kit/real-backends.ts'
import { startBackend, type TestBackend } from '../kit/start-backend.ts'
import { type LogLine, runProgram, type Sidecar, startSidecar } from '../kit/start-sidecar.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }

interface Upstream {
  readonly authority: string
  /** All it has logged. */
  readonly heard: () => string
}

type Scheme = 'http' | 'socks5'
/** What no rule lets out, at a port that tells the rules apart. */
const metadata = { http: '169.254.169.254:8001', socks5: '169.254.169.254:8002' }
const passwords = { http: 'through-http', socks5: 'through-socks' }
let upstreams: Record<Scheme, Upstream>
/** Behind each a backend of its own, and one that nobody trusts. */
let good: Record<Scheme, TestBackend>
let stranger: Record<Scheme, TestBackend>
let dead: Record<Scheme, number>
let sidecar: Sidecar

/** tinyproxy takes CONNECT to these ports alone. */
async function startTinyproxy(connectPorts: readonly number[]): Promise<Upstream> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-tinyproxy-'))
  const port = await freePort()
  const log = path.join(folder, 'log')
  writeFileSync(
    path.join(folder, 'tinyproxy.conf'),
    `Port ${port}
Listen 127.0.0.1
Timeout 20
LogFile "${log}"
LogLevel Connect
MaxClients 50
BasicAuth alice ${passwords.http}
${connectPorts.map((one) => `ConnectPort ${one}\n`).join('')}`,
  )
  const args = ['-d', '-c', path.join(folder, 'tinyproxy.conf')]
  const child = spawn(pathOf('tinyproxy') as string, args, { stdio: 'ignore' })
  cleaner.after(() => endChild(child, folder))
  await accepting(port)
  return { authority: `127.0.0.1:${port}`, heard: () => readFileSync(log, 'utf8') }
}

async function startMicrosocks(): Promise<Upstream> {
  const port = await freePort()
  const args = ['-i', '127.0.0.1', '-p', String(port), '-u', 'alice', '-P', passwords.socks5]
  const child = spawn(pathOf('microsocks') as string, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-microsocks-'))
  cleaner.after(() => endChild(child, folder))
  let heard = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    heard += text
  })
  await accepting(port)
  return { authority: `127.0.0.1:${port}`, heard: () => heard }
}

before(async () => {
  await needTools(['curl', 'tinyproxy', 'microsocks'])
  const trust = await makeTrust(['localhost'])
  const other = await makeTrust(['localhost'], { name: 'stranger' })
  const backend = (leaf: typeof trust.leaf) => startBackend(cleaner, { certificate: leaf })
  good = { http: await backend(trust.leaf), socks5: await backend(trust.leaf) }
  stranger = { http: await backend(other.leaf), socks5: await backend(other.leaf) }
  dead = { http: await freePort(), socks5: await freePort() }
  upstreams = { http: await startTinyproxy([good.http.port, stranger.http.port]), socks5: await startMicrosocks() }
  const rule = (scheme: Scheme) => {
    const to = [good[scheme].port, stranger[scheme].port, dead[scheme]].map((port) => `"localhost:${port}"`)
    return `  - { name: ${scheme}, match: [${[...to, `"${metadata[scheme]}"`].join(', ')}], via: "${scheme}://${upstreams[scheme].authority}" }`
  }
  sidecar = await startSidecar(cleaner, {
    trust: { corp: trust.ca.certificate },
    spec: `strictTls: { defaultTrustStore: none, customTrustStores: [corp] }\nrules:\n${rule('http')}\n${rule('socks5')}`,
    files: { upstreams: credentials(passwords) },
    settings: 'upstreamCredentials: upstreams\n',
  })
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

const credentials = (words: Record<Scheme, string>) =>
  Object.entries(words)
    .map(([scheme, password]) => `${upstreams[scheme as Scheme].authority} alice:${password}\n`)
    .join('')

const curl = (...args: string[]) => {
  const ca = path.join(sidecar.folder, 'truststores', 'corp', 'certificates.pem')
  return runProgram('curl', [
    '-sS',
    '--max-time',
    '20',
    '--cacert',
    ca,
    '--noproxy',
    '',
    '-x',
    sidecar.proxyUrl,
    ...args,
  ])
}

/** Asks for a page and gives the log line of it as well. */
async function ask(port: number, scheme = 'http'): Promise<{ stdout: string; line: LogLine }> {
  const seen = sidecar.log.length
  const { stdout } = await curl(`${scheme}://localhost:${port}/`)
  const fits = (line: LogLine) => line.host === 'localhost' && line.port === port
  await sidecar.until(() => sidecar.log.slice(seen).some(fits))
  return { stdout, line: sidecar.log.slice(seen).find(fits) as LogLine }
}

for (const scheme of ['http', 'socks5'] as const) {
  describe(`through ${scheme === 'http' ? 'tinyproxy' : 'microsocks'}`, () => {
    it('our TLS goes to the backend that the rule sends there', async () => {
      const { stdout, line } = await ask(good[scheme].port)
      assert.equal(stdout, 'ok', JSON.stringify(line))
      assert.deepEqual([line.verdict, line.rule, line.address], ['trusted', scheme, '127.0.0.1'])
      assert.equal(good[scheme].handshakes.at(-1)?.sni, 'localhost')
      assert.match(upstreams[scheme].heard(), new RegExp(`localhost:${good[scheme].port}`))
    })

    it('so does the TLS of a caller in its own tunnel', async () => {
      const before = good[scheme].accepted
      const { stdout, line } = await ask(good[scheme].port, 'https')
      assert.deepEqual([stdout, line.kind, line.verdict], ['ok', 'connect', 'trusted'])
      assert.ok(good[scheme].accepted > before)
    })

    it('a backend that is not trusted is refused, and no request reaches it', async () => {
      const { stdout, line } = await ask(stranger[scheme].port)
      assert.notEqual(stdout, 'ok')
      assert.equal(line.error, 'POLICY_VERDICT_REFUSED')
      assert.deepEqual(stranger[scheme].requests, [])
      assert.match(upstreams[scheme].heard(), new RegExp(`localhost:${stranger[scheme].port}`))
    })

    it('an address that is denied is not asked for', async () => {
      await curl(`http://${metadata[scheme]}/`)
      const line = await sidecar.line(({ host, rule }) => host === '169.254.169.254' && rule === scheme)
      assert.equal(line.error, 'POLICY_ADDRESS_DENIED')
      assert.doesNotMatch(upstreams[scheme].heard(), /169\.254/)
    })

    it('what the proxy does not open is told as its doing, not as the backend’s', async () => {
      const { line } = await ask(dead[scheme])
      assert.equal(line.error, 'BACKEND_UPSTREAM_FAILED')
      assert.match(String(line.message), scheme === 'http' ? /answered CONNECT with 403/ : /refused the connection/)
    })
  })
}

it('wrong words for the proxies are refused by them and logged nowhere, and the right ones take over without a restart', async () => {
  const change = async (words: Record<Scheme, string>) => {
    const active = sidecar.lines('generation.active').length
    writeFileSync(path.join(sidecar.folder, 'upstreams'), credentials(words))
    await sidecar.vedette(['reload'])
    await sidecar.until(() => sidecar.lines('generation.active').length > active)
  }
  await change({ http: 'WRONG-1', socks5: 'WRONG-2' })
  for (const scheme of ['http', 'socks5'] as const) {
    const before = good[scheme].accepted
    const { line } = await ask(good[scheme].port)
    assert.equal(line.error, 'BACKEND_UPSTREAM_FAILED', scheme)
    assert.match(String(line.message), /does not take the user and password of upstreamCredentials/)
    assert.equal(good[scheme].accepted, before)
  }
  assert.ok(!JSON.stringify(sidecar.log).includes('WRONG'))
  await change(passwords)
  for (const scheme of ['http', 'socks5'] as const) assert.equal((await ask(good[scheme].port)).stdout, 'ok')
})
