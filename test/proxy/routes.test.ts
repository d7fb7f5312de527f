/** From what a request line names to where it goes: lifting http:// to TLS, plain text by rule only, and refusals. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Backends } from '../../src/backend/backends.ts'
import type { Pool } from '../../src/backend/pool.ts'
import { parseAuthority } from '../../src/policy/parse-destination.ts'
import { Routes } from '../../src/proxy/routes.ts'
import { makePolicy, makeRule, pattern } from '../kit/policies.ts'

const policy = makePolicy({
  rules: [
    makeRule({ name: 'legacy', match: [pattern('legacy.test:80'), pattern('legacy.test:8080')], plaintext: true }),
    makeRule({ name: 'odd-port', match: [pattern('odd.test')], tlsPort: 8443 }),
    makeRule({ name: 'never', match: [pattern('*.bad.test')], action: 'deny' }),
  ],
})
const pools: string[] = []
const backends = {
  poolFor: (decision: { destination: { authority: string } }) => {
    pools.push(decision.destination.authority)
    return {} as Pool
  },
} as unknown as Backends

const rows = [
  { target: 'http://a.test/x', to: 'a.test:443', tls: true, host: 'a.test', reason: 'no port: lifted to TLS on 443' },
  { target: 'http://a.test:80/', to: 'a.test:443', tls: true, host: 'a.test', reason: 'port 80 said: the same' },
  {
    target: 'http://a.test:8443/',
    to: 'a.test:8443',
    tls: true,
    host: 'a.test:8443',
    reason: 'another port is kept, and is TLS',
  },
  {
    target: 'http://a.test:443/',
    to: 'a.test:443',
    tls: true,
    host: 'a.test:443',
    reason: 'Host says what the target says',
  },
  { target: 'https://a.test/', to: 'a.test:443', tls: true, host: 'a.test', reason: 'https without a port' },
  { target: 'https://a.test:8443/', to: 'a.test:8443', tls: true, host: 'a.test:8443', reason: 'https with a port' },
  { target: 'HTTPS://A.test/', to: 'a.test:443', tls: true, host: 'a.test', reason: 'scheme and host in any case' },
  { target: 'http://a.test./', to: 'a.test:443', tls: true, host: 'a.test', reason: 'a trailing dot is the same host' },
  { target: 'http://[::1]/', to: '[::1]:443', tls: true, host: '[::1]', reason: 'an IPv6 literal keeps its brackets' },
  {
    target: 'http://odd.test/',
    to: 'odd.test:8443',
    tls: true,
    host: 'odd.test',
    reason: 'the rule names the port to lift to',
  },
  {
    target: 'http://legacy.test/',
    to: 'legacy.test:80',
    tls: false,
    host: 'legacy.test',
    reason: 'a rule lets plain text out',
  },
  {
    target: 'http://legacy.test:8080/',
    to: 'legacy.test:8080',
    tls: false,
    host: 'legacy.test:8080',
    reason: 'and on its other port',
  },
  {
    target: 'http://legacy.test:8081/',
    to: 'legacy.test:8081',
    tls: true,
    host: 'legacy.test:8081',
    reason: 'but not on a third',
  },
  {
    target: 'https://legacy.test:8080/',
    to: 'legacy.test:8080',
    tls: true,
    host: 'legacy.test:8080',
    reason: 'https is never plain, whatever the rule',
  },
]
for (const { target, to, tls, host, reason } of rows) {
  test(`${target} goes to ${to} ${tls ? 'over TLS' : 'in plain text'}: ${reason}`, () => {
    const route = new Routes(policy, backends).find(target)
    assert.equal(route.decision.destination.authority, to)
    assert.equal(route.pool !== undefined, tls)
    assert.equal(route.hostField, host)
  })
}

const refused = [
  { target: 'http://x.bad.test/', code: 'POLICY_RULE_DENIES', policy },
  { target: 'http://x.test/', code: 'POLICY_UNLISTED', policy: makePolicy({ unlisted: makeRule({ action: 'deny' }) }) },
  { target: 'ftp://x.test/', code: 'CALLER_BAD_TARGET', policy },
  { target: '/origin-form', code: 'CALLER_BAD_TARGET', policy },
  { target: '*', code: 'CALLER_BAD_TARGET', policy },
  { target: 'http://:80/', code: 'CALLER_BAD_TARGET', policy },
]
for (const { target, code, policy: asked } of refused) {
  test(`${target} is refused with ${code}`, () => {
    assert.throws(() => new Routes(asked, backends).find(target), { code })
  })
}

test('a route is made once for each origin, whatever the path', () => {
  const routes = new Routes(policy, backends)
  pools.length = 0
  assert.equal(routes.find('http://once.test/a'), routes.find('http://once.test/b?c'))
  assert.equal(routes.find('http://once.test'), routes.find('http://once.test?q'))
  assert.deepEqual(pools, ['once.test:443'])
})

test('an origin is never taken for another that begins like it', () => {
  const routes = new Routes(policy, backends)
  // The route of the request before is at hand, so each comes right behind the origin that it begins like.
  const behind = (target: string) => {
    const known = routes.find('http://a.test/')
    const route = routes.find(target)
    return { route, isKnown: route === known }
  }
  for (const target of ['http://a.test/x', 'http://a.test', 'http://a.test?x'])
    assert.ok(behind(target).isKnown, target)
  for (const [target, to] of [
    ['http://a.testing.test/', 'a.testing.test:443'],
    ['http://a.test.evil.test/', 'a.test.evil.test:443'],
    ['http://a.test:8443/', 'a.test:8443'],
    ['https://a.test/', 'a.test:443'],
  ] as const) {
    const { route, isKnown } = behind(target)
    assert.deepEqual([route.decision.destination.authority, isKnown], [to, false], target)
  }
  for (const target of ['http://a.test:', 'http://a.test@x/', 'http://a.test#x']) {
    assert.throws(() => behind(target), { code: 'CALLER_BAD_TARGET' }, target)
  }
})

test('very many origins do not grow the map without bound', () => {
  const routes = new Routes(policy, backends)
  const first = routes.find('http://h0.test/')
  for (let index = 1; index <= 4096; index += 1) routes.find(`http://h${index}.test/`)
  assert.notEqual(routes.find('http://h0.test/'), first, 'the oldest made room')
})

test('a tunnel is decided on the authority it names', () => {
  const routes = new Routes(policy, backends)
  assert.equal(routes.tunnel(parseAuthority('a.test:443')).destination.authority, 'a.test:443')
  assert.throws(() => routes.tunnel(parseAuthority('x.bad.test:443')), { code: 'POLICY_RULE_DENIES' })
})
