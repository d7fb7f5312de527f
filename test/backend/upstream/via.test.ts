/** Backends through upstream proxies: our TLS goes through, the verdict is about the backend, and addresses are judged. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { parseAuthority } from '../../../src/policy/parse-destination.ts'
import type { Via } from '../../../src/policy/policy.ts'
import { startEntrance } from '../../kit/entrance.ts'
import type { SnapshotWish } from '../../kit/make-snapshot.ts'
import { makeTrust } from '../../kit/make-trust.ts'
import { makeBackends } from '../../kit/reach.ts'
import { deadPort } from '../../kit/service.ts'
import { startBackend } from '../../kit/start-backend.ts'

const trust = await makeTrust(['b.test'])
const stranger = await makeTrust(['b.test'], { name: 'stranger' })
const viaTo = (scheme: 'http' | 'socks5', port: number): Via => ({
  scheme,
  to: parseAuthority(`127.0.0.1:${port}`),
})
/** Nobody here knows b.test: only the proxy does. */
const resolve = async () => []

async function start(t: TestContext, scheme: 'http' | 'socks5', wish: Partial<SnapshotWish> = {}) {
  const backend = await startBackend(t, { certificate: trust.leaf })
  const socksUsers = scheme === 'socks5' ? { alice: 'hunter2' } : undefined
  const door = scheme === 'socks5' ? 'socks' : 'http'
  const proxy = await startEntrance(t, backend.port, { door, ...(socksUsers ? { socksUsers } : {}) })
  const credentials = { [`127.0.0.1:${proxy.port}`]: { user: 'alice', password: 'hunter2' } }
  const unlisted = { via: viaTo(scheme, proxy.port), ...wish.unlisted }
  const secrets = { upstreams: scheme === 'socks5' ? credentials : {} }
  const reach = makeBackends(t, { trust: [trust.set], secrets, ...wish, unlisted }, { resolve })
  return { backend, proxy, reach }
}

for (const scheme of ['http', 'socks5'] as const) {
  test(`${scheme}: the handshake goes through, to the name the proxy resolves`, async (t) => {
    const { backend, proxy, reach } = await start(t, scheme)
    const { verdict, address } = await reach.backends.verdictFor(reach.decision('b.test:443'))
    assert.deepEqual([verdict.outcome, address], ['trusted', '127.0.0.1'])
    const { host, port } = await proxy.record(0)
    assert.deepEqual([host, port], ['b.test', 443])
    assert.equal(backend.handshakes[0]?.sni, 'b.test')
  })

  test(`${scheme}: a backend that is not trusted is refused as ever, and gets nothing`, async (t) => {
    const { backend, reach } = await start(t, scheme, { trust: [stranger.set] })
    await assert.rejects(reach.backends.verdictFor(reach.decision('b.test:443')), { code: 'POLICY_VERDICT_REFUSED' })
    assert.deepEqual(backend.requests, [])
  })

  test(`${scheme}: what the proxy is told to dial is judged where it is an address`, async (t) => {
    const { proxy, reach } = await start(t, scheme)
    for (const authority of ['169.254.169.254:80', '[::ffff:169.254.169.254]:80']) {
      await assert.rejects(reach.backends.verdictFor(reach.decision(authority)), { code: 'POLICY_ADDRESS_DENIED' })
    }
    assert.equal(proxy.records.length, 0)
  })
}

test('a proxy that asks who we are, and no file that says it', async (t) => {
  const { reach } = await start(t, 'socks5', { secrets: {} })
  await assert.rejects(reach.backends.verdictFor(reach.decision('b.test:443')), {
    code: 'BACKEND_UPSTREAM_FAILED',
    message: /b\.test:443: 127\.0\.0\.1 \(upstream proxy 127\.0\.0\.1:\d+\) wants to know who we are/,
  })
})

test('a proxy that is not there is told apart from a backend that is not', async (t) => {
  const reach = makeBackends(t, { unlisted: { via: viaTo('http', await deadPort()) } }, { resolve })
  await assert.rejects(reach.backends.verdictFor(reach.decision('b.test:443')), {
    code: 'BACKEND_UPSTREAM_FAILED',
    message: /upstream proxy 127\.0\.0\.1:\d+\) refused the connection/,
  })
})

test('plain text goes through as well, where the rule lets it out', async (t) => {
  const { proxy, reach } = await start(t, 'http', { unlisted: { plaintext: true } })
  const backend = await reach.backends.dialPlain(reach.decision('b.test:80'))
  assert.equal(backend.address, '127.0.0.1')
  backend.wire.destroy()
  assert.equal((await proxy.record(0)).port, 80)
})
