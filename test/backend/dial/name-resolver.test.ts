/** Names to addresses against a DNS server of our own, a hosts file of our own, and a system that is only pretended. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import test, { type TestContext } from 'node:test'
import fc from 'fast-check'
import { HostsFile, parseHosts } from '../../../src/backend/dial/hosts-file.ts'
import { NameResolver, type Resolve } from '../../../src/backend/dial/name-resolver.ts'
import { startDns, type Zone } from '../../kit/start-dns.ts'

interface Wish {
  readonly zones?: Record<string, Zone>
  readonly hosts?: string
  readonly system?: Resolve
  readonly dnsMs?: number
}

async function startResolver(t: TestContext, { zones = {}, hosts = '', system = async () => [], dnsMs = 2000 }: Wish) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vedette-hosts-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'hosts')
  await writeFile(file, hosts)
  const dns = await startDns(t, zones)
  const asked: string[] = []
  const systemLookup: Resolve = (name) => {
    asked.push(name)
    return system(name)
  }
  const resolver = new NameResolver({ dnsMs, servers: [dns.address], hostsFile: new HostsFile(file), systemLookup })
  return { resolver, dns, asked, file }
}

const found: { why: string; wish: Wish; name: string; addresses: string[]; dns?: boolean; system?: boolean }[] = [
  {
    why: 'DNS',
    wish: { zones: { 'a.test': { a: ['192.0.2.1'] } } },
    name: 'a.test',
    addresses: ['192.0.2.1'],
    dns: true,
  },
  {
    why: 'DNS, both families, IPv4 first',
    wish: { zones: { 'a.test': { aaaa: ['2001:db8::1'], a: ['192.0.2.1', '192.0.2.2'] } } },
    name: 'a.test',
    addresses: ['192.0.2.1', '192.0.2.2', '2001:db8::1'],
    dns: true,
  },
  {
    why: 'DNS, IPv6 only',
    wish: { zones: { 'a.test': { aaaa: ['2001:db8::1'] } } },
    name: 'a.test',
    addresses: ['2001:db8::1'],
    dns: true,
  },
  {
    why: 'DNS, although IPv6 is never answered',
    wish: { zones: { 'a.test': { a: ['192.0.2.1'], silentFor: 'aaaa' } } },
    name: 'a.test',
    addresses: ['192.0.2.1'],
    dns: true,
  },
  {
    why: 'the hosts file, whatever DNS says',
    wish: { hosts: '192.0.2.9 a.test # ours\n', zones: { 'a.test': { a: ['192.0.2.1'] } } },
    name: 'a.test',
    addresses: ['192.0.2.9'],
  },
  {
    why: 'the system, for a name without a dot',
    wish: { system: async () => ['192.0.2.3'] },
    name: 'intranet',
    addresses: ['192.0.2.3'],
    system: true,
  },
  {
    why: 'the system, for a name DNS does not know',
    wish: { system: async () => ['192.0.2.3'] },
    name: 'a.local',
    addresses: ['192.0.2.3'],
    dns: true,
    system: true,
  },
]
for (const { why, wish, name, addresses, dns: asksDns = false, system = false } of found) {
  test(`a name is found by ${why}`, async (t) => {
    const { resolver, dns, asked } = await startResolver(t, wish)
    assert.deepEqual(await resolver.resolve(name), addresses)
    assert.deepEqual([dns.questions.length > 0, asked.length > 0], [asksDns, system])
  })
}

const failing: { why: string; wish: Wish; code: string; message: RegExp }[] = [
  { why: 'that nobody knows', wish: {}, code: 'BACKEND_NAME_NOT_FOUND', message: /the name a\.test does not exist/ },
  {
    why: 'that DNS fails on',
    wish: { zones: { 'a.test': { answer: 'servfail' } } },
    code: 'BACKEND_DNS_FAILED',
    message: /a\.test could not be resolved: ESERVFAIL/,
  },
  {
    why: 'that DNS is silent about',
    wish: { zones: { 'a.test': { answer: 'silent' } }, dnsMs: 200 },
    code: 'BACKEND_DNS_FAILED',
    message: /a\.test could not be resolved/,
  },
  {
    why: 'the system never answers',
    wish: { system: () => new Promise(() => {}), dnsMs: 100 },
    code: 'BACKEND_DNS_FAILED',
    message: /no answer within 100 ms/,
  },
]
for (const { why, wish, code, message } of failing) {
  test(`a name ${why} ends as ${code}`, async (t) => {
    const { resolver } = await startResolver(t, wish)
    await assert.rejects(resolver.resolve('a.test'), { code, message })
  })
}

test('many dials to one name ask once', async (t) => {
  const { resolver, dns } = await startResolver(t, { zones: { 'a.test': { a: ['192.0.2.1'] } } })
  await Promise.all(Array.from({ length: 50 }, () => resolver.resolve('a.test')))
  assert.deepEqual(dns.questions.sort(), ['A a.test', 'AAAA a.test'])
})

test('a system that hangs on two names keeps nobody from names in DNS, and is asked about two at a time', async (t) => {
  let underWay = 0
  const hanging = () => {
    underWay += 1
    return new Promise<readonly string[]>(() => {})
  }
  const { resolver } = await startResolver(t, {
    system: hanging,
    zones: { 'a.test': { a: ['192.0.2.1'] } },
    dnsMs: 300,
  })
  const stuck = ['one', 'two', 'three', 'four', 'five'].map((name) =>
    assert.rejects(resolver.resolve(name), { code: 'BACKEND_DNS_FAILED' }),
  )
  assert.deepEqual(await resolver.resolve('a.test'), ['192.0.2.1'])
  await Promise.all(stuck)
  assert.equal(underWay, 2)
})

test('those in line for the system are asked about when there is room again', async (t) => {
  const answers: (() => void)[] = []
  const system: Resolve = () => new Promise((resolve) => answers.push(() => resolve(['192.0.2.3'])))
  const { resolver, asked } = await startResolver(t, { system })
  const waiting = ['one', 'two', 'three', 'four'].map((name) => resolver.resolve(name))
  let served = 0
  for (const each of waiting) each.then(() => (served += 1))
  while (served < waiting.length) {
    answers.shift()?.()
    await new Promise(setImmediate)
  }
  assert.deepEqual(asked.sort(), ['four', 'one', 'three', 'two'])
})

test('a change of the hosts file counts at once', async (t) => {
  const { resolver, file } = await startResolver(t, { hosts: '192.0.2.1 a.test\n' })
  assert.deepEqual(await resolver.resolve('a.test'), ['192.0.2.1'])
  await writeFile(file, '192.0.2.2 a.test b.test\n2001:db8::2 A.test.\n')
  assert.deepEqual(await resolver.resolve('a.test'), ['192.0.2.2', '2001:db8::2'])
})

test('no hosts file makes its reader throw, and a missing one has no names', async () => {
  assert.equal(await new HostsFile('/nonexistent').find('a'), undefined)
  fc.assert(fc.property(fc.string(), (text) => void parseHosts(text)))
  assert.deepEqual(
    [...parseHosts('not-an-address a\n#1.2.3.4 b\n\t1.2.3.4\tc  d\r\n')],
    [
      ['c', ['1.2.3.4']],
      ['d', ['1.2.3.4']],
    ],
  )
})
