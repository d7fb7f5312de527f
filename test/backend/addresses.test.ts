/** Where we connect: which addresses are dialled and which never are, whatever a name resolves to and however it is written. */
import assert from 'node:assert/strict'
import os from 'node:os'
import test from 'node:test'
import type { Resolve } from '../../src/backend/dial/name-resolver.ts'
import { AddressBook } from '../../src/backend/dial/resolve-address.ts'
import { createCounters } from '../../src/observe/counters.ts'
import { parseAuthority } from '../../src/policy/parse-destination.ts'
import type { Policy } from '../../src/policy/policy.ts'
import type { Service } from '../../src/settings/service.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { makeSnapshot } from '../kit/make-snapshot.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { makeBackends } from '../kit/reach.ts'
import { startBackend } from '../kit/start-backend.ts'

const trust = await makeTrust(['good.test', 'app.localhost', 'localhost', '127.0.0.1'])
const denyAll: Policy['addresses'] = { deny: ['default'], allow: [] }

function book(
  answers: readonly string[],
  addresses: Policy['addresses'] = denyAll,
  settings: Partial<Settings> = {},
): AddressBook {
  return new AddressBook(makeSnapshot({ addresses, settings }), { resolve: async () => answers })
}

const denied: [string, string][] = [
  ['127.0.0.1', 'loopback'],
  ['127.1.2.3', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['64:ff9b::7f00:1', 'loopback'],
  ['64:ff9b:1::7f00:1', 'loopback'],
  ['2002:7f00:1::', 'loopback'],
  ['::127.0.0.1', 'loopback'],
  ['0.0.0.0', 'unspecified'],
  ['::', 'unspecified'],
  ['169.254.169.254', 'metadata'],
  ['fd00:ec2::254', 'metadata'],
  ['169.254.1.1', 'link-local'],
  ['fe80::1', 'link-local'],
  ['224.0.0.1', 'multicast'],
]
for (const [address, range] of denied) {
  test(`a resolver's answer ${address} is refused as ${range}`, async () => {
    await assert.rejects(
      book([address]).find(parseAuthority('evil.test:443')),
      (error: Error & { code: string; details: object }) => {
        assert.equal(error.code, 'POLICY_ADDRESS_DENIED')
        assert.match(error.message, new RegExp(`\\(address of evil\\.test\\) is denied: ${range}`))
        assert.deepEqual({ range: (error.details as { range: string }).range }, { range })
        return true
      },
    )
  })
}

const literals = [
  '127.0.0.1',
  '2130706433',
  '0x7f.1',
  '0177.0.0.1',
  '127.1',
  '0',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[64:ff9b::7f00:1]',
  'localhost',
  'app.localhost',
  'LOCALHOST.',
]
for (const literal of literals) {
  test(`the destination ${literal} is refused without asking anybody`, async () => {
    const asked: string[] = []
    const addresses = new AddressBook(makeSnapshot({ addresses: denyAll }), {
      resolve: async (name) => {
        asked.push(name)
        return ['192.0.2.1']
      },
    })
    await assert.rejects(addresses.find(parseAuthority(`${literal}:443`)), { code: 'POLICY_ADDRESS_DENIED' })
    assert.deepEqual(asked, [])
  })
}

test('of several answers those denied are left out, and the order of the others is kept', async () => {
  const answers = ['192.0.2.1', '127.0.0.1', '2001:db8::1', '::1', '192.0.2.2']
  assert.deepEqual(await book(answers).find(parseAuthority('a.test:443')), ['192.0.2.1', '2001:db8::1', '192.0.2.2'])
})

test('of a thousand answers no more are given out than anybody needs, and those behind denied ones are found', async () => {
  const many = (first: string) => Array.from({ length: 1000 }, (_, at) => `${first}.0.${at >> 8}.${at & 255}`)
  assert.deepEqual(await book(many('192')).find(parseAuthority('a.test:443')), many('192').slice(0, 32))
  const behind = [...many('127'), '192.0.2.1']
  assert.deepEqual(await book(behind).find(parseAuthority('a.test:443')), ['192.0.2.1'])
  const via = { scheme: 'http', to: parseAuthority('proxy.test:3128') } as const
  const through = { destination: parseAuthority('a.test:443'), rule: { via } }
  assert.equal((await book(many('192')).findFor(through)).length, 32)
})

test('an allowed range lets through what the default denies', async () => {
  const allowing = book(['127.0.0.1'], { deny: ['default'], allow: ['127.0.0.1/32'] })
  assert.deepEqual(await allowing.find(parseAuthority('a.test:443')), ['127.0.0.1'])
})

test('an answer that is no address at all is refused', async () => {
  await assert.rejects(book(['/var/run/docker.sock']).find(parseAuthority('a.test:443')), {
    code: 'POLICY_ADDRESS_DENIED',
  })
})

test('a name without any address does not exist', async () => {
  await assert.rejects(book([]).find(parseAuthority('a.test:443')), { code: 'BACKEND_NAME_NOT_FOUND' })
})

test('localhost and what is below it is loopback, whatever a resolver would say', async () => {
  const everything = book(['192.0.2.1'], { deny: [], allow: [] })
  for (const host of ['localhost', 'app.localhost']) {
    assert.deepEqual(await everything.find(parseAuthority(`${host}:443`)), ['127.0.0.1', '::1'])
  }
  assert.deepEqual(await everything.find(parseAuthority('notlocalhost:443')), ['192.0.2.1'])
})

test('denied addresses are counted by range', async () => {
  const counters = createCounters()
  const counting = new AddressBook(makeSnapshot({ addresses: denyAll }), {
    resolve: async () => ['127.0.0.1', '::1'],
    counters,
  })
  await assert.rejects(counting.find(parseAuthority('a.test:443')))
  assert.match(JSON.stringify(counters.snapshot()), /loopback/)
})

/** What the machine of a test has besides loopback. */
const ownAddress = '192.0.2.77'
const serviceAt = (host: string, port: number): Service => ({
  name: 'mail',
  accept: { kind: 'tcp', host, port },
  connect: [{ scheme: 'tls', authority: 'mail.test:465' }],
  failover: 'priority',
  limits: { connections: 1 },
  timeouts: { connectMs: 1, handshakeMs: 1, idleMs: 1 },
  proxyProtocol: { from: [] },
})

const loops: { why: string; listen: Partial<Settings>; target: string; answers?: string[]; loop: boolean }[] = [
  {
    why: 'the proxy',
    listen: { proxy: { listen: [{ host: '127.0.0.1', port: 3128 }] } },
    target: '127.0.0.1:3128',
    loop: true,
  },
  {
    why: 'the proxy by a name',
    listen: { proxy: { listen: [{ host: '127.0.0.1', port: 3128 }] } },
    target: 'a.test:3128',
    answers: ['127.0.0.1'],
    loop: true,
  },
  {
    why: 'the proxy by localhost',
    listen: { proxy: { listen: [{ host: '127.0.0.1', port: 3128 }] } },
    target: 'localhost:3128',
    loop: true,
  },
  {
    why: 'the proxy by 0.0.0.0',
    listen: { proxy: { listen: [{ host: '127.0.0.1', port: 3128 }] } },
    target: '0.0.0.0:3128',
    loop: true,
  },
  {
    why: 'the proxy by a mapped address',
    listen: { proxy: { listen: [{ host: '127.0.0.1', port: 3128 }] } },
    target: 'a.test:3128',
    answers: ['::ffff:127.0.0.1'],
    loop: true,
  },
  {
    why: 'the proxy on every address',
    listen: { proxy: { listen: [{ host: '0.0.0.0', port: 3128 }] } },
    target: '127.7.7.7:3128',
    loop: true,
  },
  {
    why: 'the proxy on every IPv6 address',
    listen: { proxy: { listen: [{ host: '::', port: 3128 }] } },
    target: '[::1]:3128',
    loop: true,
  },
  {
    why: 'the second listener',
    listen: {
      proxy: {
        listen: [
          { host: '127.0.0.1', port: 1 },
          { host: '::1', port: 2 },
        ],
      },
    },
    target: '[::1]:2',
    loop: true,
  },
  {
    why: 'the admin port',
    listen: { admin: { identity: 'none', allow: ['any'], hosts: ['own'], listen: { host: '127.0.0.1', port: 9080 } } },
    target: '127.0.0.1:9080',
    loop: true,
  },
  {
    why: 'the health port',
    listen: { health: { listen: { host: 'localhost', port: 9901 } } },
    target: '127.0.0.1:9901',
    loop: true,
  },
  {
    why: 'the SOCKS5 port',
    listen: { socks: { listen: [{ host: '127.0.0.1', port: 1080 }], users: 'none' } },
    target: '127.0.0.1:1080',
    loop: true,
  },
  { why: 'a service', listen: { services: [serviceAt('127.0.0.1', 2525)] }, target: 'localhost:2525', loop: true },
  {
    why: 'a service by its host name',
    listen: { services: [serviceAt('0.0.0.0', 2525)] },
    target: 'this-host.test:2525',
    answers: [ownAddress],
    loop: true,
  },
  {
    why: 'the proxy written out in IPv6',
    listen: { proxy: { listen: [{ host: '::1', port: 3128 }] } },
    target: '[0:0:0:0:0:0:0:1]:3128',
    loop: true,
  },
  {
    why: 'another port of this machine',
    listen: { proxy: { listen: [{ host: '127.0.0.1', port: 3128 }] } },
    target: '127.0.0.1:3129',
    loop: false,
  },
  {
    why: 'the same port elsewhere',
    listen: { proxy: { listen: [{ host: '0.0.0.0', port: 3128 }] } },
    target: '192.0.2.1:3128',
    loop: false,
  },
  {
    why: 'the same port on another loopback address',
    listen: { proxy: { listen: [{ host: '127.0.0.1', port: 3128 }] } },
    target: '127.0.0.2:3128',
    loop: false,
  },
]
for (const { why, listen, target, answers = [], loop } of loops) {
  test(`a request to ${why} is ${loop ? 'a loop' : 'none'}`, async (t) => {
    t.mock.method(os, 'networkInterfaces', () => ({ eth0: [{ address: ownAddress }] }))
    const open = book(answers, { deny: [], allow: [] }, listen)
    if (loop)
      await assert.rejects(open.find(parseAuthority(target)), { code: 'CALLER_LOOP', message: /is this proxy itself/ })
    else assert.equal((await open.find(parseAuthority(target))).length, 1)
  })
}

test('a name that turns from public to loopback between two questions is dialled where it was judged, or not at all', async (t) => {
  const backend = await startBackend(t, { certificate: trust.leaf })
  const answers = [['127.0.0.2'], ['127.0.0.1']]
  let asked = 0
  const rebinding: Resolve = async () => answers[asked++] ?? ['127.0.0.1']
  const addresses = { deny: ['127.0.0.1/32'], allow: [] }
  const onTwo = await startBackend(t, { certificate: trust.leaf, host: '127.0.0.2', port: backend.port })
  const reach = makeBackends(t, { trust: [trust.set], addresses }, { resolve: rebinding })
  const first = await reach.open(`good.test:${backend.port}`)
  assert.equal(first.address, '127.0.0.2')
  assert.equal(asked, 1)
  // The next connection asks again, and its answer is judged again.
  assert.equal((await reach.refusal(`good.test:${backend.port}`)).code, 'POLICY_ADDRESS_DENIED')
  assert.deepEqual([onTwo.accepted, backend.accepted], [1, 0])
})

test('a denied address is never the fall-back of one that cannot be reached', async (t) => {
  const backend = await startBackend(t, { certificate: trust.leaf })
  const addresses = { deny: ['127.0.0.1/32'], allow: [] }
  const reach = makeBackends(t, { trust: [trust.set], addresses }, { resolve: async () => ['127.0.0.9', '127.0.0.1'] })
  assert.equal((await reach.refusal(`good.test:${backend.port}`)).code, 'BACKEND_CONNECT_REFUSED')
  assert.equal(backend.accepted, 0)
})

test('when the first address does not accept, the next is tried, and the one that did is told', async (t) => {
  const backend = await startBackend(t, { certificate: trust.leaf })
  const reach = makeBackends(t, { trust: [trust.set] }, { resolve: async () => ['127.0.0.9', '::1', '127.0.0.1'] })
  assert.equal((await reach.open(`good.test:${backend.port}`)).address, '127.0.0.1')
  const plain = await reach.backends.dialPlain(reach.decision(`good.test:${backend.port}`))
  assert.equal(plain.address, '127.0.0.1')
  plain.wire.destroy()
})

test('an address that fails in TLS is not followed by another', async (t) => {
  const first = await startBackend(t, { host: '127.0.0.2' })
  const second = await startBackend(t, { certificate: trust.leaf, port: first.port })
  const reach = makeBackends(t, { trust: [trust.set] }, { resolve: async () => ['127.0.0.2', '127.0.0.1'] })
  assert.equal((await reach.refusal(`good.test:${first.port}`)).code, 'BACKEND_REFUSED_US')
  assert.equal(second.accepted, 0)
})

test('a tunnel goes to the address it is given and asks nobody', async (t) => {
  const backend = await startBackend(t, { certificate: trust.leaf })
  const resolve: Resolve = () => assert.fail('asked')
  const reach = makeBackends(t, { trust: [trust.set] }, { resolve })
  const plain = await reach.backends.dialPlain(reach.decision(`good.test:${backend.port}`), '127.0.0.1')
  assert.deepEqual(
    [plain.address, plain.verdict, plain.tls, plain.phases.tlsMs],
    ['127.0.0.1', undefined, undefined, 0],
  )
  plain.wire.destroy()
})

test('*.localhost reaches a backend on loopback under its own name', async (t) => {
  const backend = await startBackend(t, { certificate: trust.leaf })
  const reach = makeBackends(t, { trust: [trust.set] })
  assert.equal((await reach.open(`app.localhost:${backend.port}`)).verdict.outcome, 'trusted')
  assert.equal(backend.hellos[0]?.serverName, 'app.localhost')
})
