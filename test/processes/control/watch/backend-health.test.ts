/** Health checks of backends: real servers that mind SNI one way or the other, a clock of the test's own. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import tls from 'node:tls'
import type { Rule } from '../../../../src/policy/policy.ts'
import { BackendHealth } from '../../../../src/processes/control/watch/backend-health.ts'
import { makeOffer, makeSnapshot } from '../../../kit/make-snapshot.ts'
import { makeTrust } from '../../../kit/make-trust.ts'
import { makeRule, pattern } from '../../../kit/policies.ts'
import { startBackend } from '../../../kit/start-backend.ts'

const corp = await makeTrust(['mail.localhost'])
const stranger = await makeTrust(['mail.localhost'], { name: 'stranger' })
const secure = tls.createSecureContext({ cert: corp.leaf.certificate, key: corp.leaf.key })
const needsName: tls.TlsOptions = {
  SNICallback: (name, done) => done(null, name === 'mail.localhost' ? secure : undefined),
}
const dislikesName: tls.TlsOptions = { SNICallback: (_name, done) => done(new Error('no names here')) }

interface Setting {
  readonly port: number
  readonly rule?: Partial<Rule>
  readonly chance?: () => number
}

/** A watch over one backend under one rule; time stands still unless the test moves it. */
function watchOver({ port, rule = {}, chance = () => 0 }: Setting) {
  const events: string[] = []
  const counted: string[] = []
  const clock = { ms: 1_000_000 }
  const made = makeRule({
    ...{ name: 'mail', match: [pattern(`mail.localhost:${port}`)], trustStores: ['corp'], tls: makeOffer() },
    ...{ healthCheck: { everyMs: 30_000 }, sni: true, ...rule },
  })
  const snapshot = makeSnapshot({ rules: [made], trust: [corp.set] })
  const health = new BackendHealth({
    inForce: () => snapshot,
    seen: () => [],
    known: {},
    log: (name) => void events.push(name),
    metrics: {
      backendsUp() {},
      tally: { counter: (_name, labels) => ({ add: () => void counted.push(Object.values(labels).join()) }) },
    },
    now: () => clock.ms,
    chance,
  })
  return { health, events, counted, clock, of: () => health.of(`mail.localhost:${port}`) }
}

describe('a health check', () => {
  const rows: [
    string,
    tls.TlsOptions & { bare?: true },
    Partial<Rule>,
    { ok: boolean; sni: string | null; detail: RegExp },
  ][] = [
    ['passes where the rule lets the backend through', {}, {}, { ok: true, sni: null, detail: /^trusted$/ }],
    [
      'tells a backend that needs SNI from a bare failure',
      { ...needsName, bare: true },
      { sni: false },
      { ok: false, sni: 'needs-sni', detail: /^needs SNI.*sni: true/ },
    ],
    [
      'passes for it where the rule sends the name',
      { ...needsName, bare: true },
      {},
      { ok: true, sni: null, detail: /trusted/ },
    ],
    [
      'tells a backend that dislikes SNI from a bare failure',
      dislikesName,
      {},
      { ok: false, sni: 'dislikes-sni', detail: /^dislikes SNI.*sni: false/ },
    ],
    [
      'passes for it where the rule sends none',
      dislikesName,
      { sni: false },
      { ok: true, sni: null, detail: /trusted/ },
    ],
  ]
  for (const [what, { bare, ...options }, rule, expected] of rows) {
    it(what, async (t: TestContext) => {
      const { port } = await startBackend(t, { ...(bare ? {} : { certificate: corp.leaf }), tls: options })
      const { health, of } = watchOver({ port, rule })
      await health.look()
      const { ok, sni, detail } = of() ?? assert.fail('it was not checked')
      assert.deepEqual({ ok, sni }, { ok: expected.ok, sni: expected.sni }, detail)
      assert.match(detail, expected.detail)
    })
  }

  it('fails by what was found, and nothing about SNI is made up', async (t) => {
    const { port } = await startBackend(t, { certificate: stranger.leaf })
    const { health, of } = watchOver({ port })
    await health.look()
    assert.deepEqual([of()?.ok, of()?.sni], [false, null])
    assert.match(of()?.detail ?? '', /untrusted-issuer/)
  })

  it('knows when the certificate ends, and that of nobody who showed none', async (t) => {
    const { port } = await startBackend(t, { certificate: corp.leaf })
    const [shown, silent] = [watchOver({ port }), watchOver({ port: 1 })]
    await Promise.all([shown.health.look(), silent.health.look()])
    assert.equal(shown.of()?.notAfterMs, new X509Certificate(corp.leaf.certificate).validToDate.getTime())
    assert.equal(silent.of()?.notAfterMs, null)
  })

  it('carries no request', async (t) => {
    const backend = await startBackend(t, { certificate: corp.leaf })
    await watchOver({ port: backend.port }).health.look()
    assert.deepEqual(backend.requests, [])
  })
})

describe('the watch', () => {
  it('looks again when a backend is due, and not before', async (t) => {
    const { port } = await startBackend(t, { certificate: corp.leaf })
    const { health, counted, clock } = watchOver({ port })
    await health.look()
    clock.ms += 20_000
    await health.look()
    assert.deepEqual(counted, ['ok'])
    clock.ms += 10_000
    await health.look()
    assert.deepEqual(counted, ['ok', 'ok'])
  })

  it('begins by chance, and goes on by chance a little before its time: many instances make no storm', async (t) => {
    const { port } = await startBackend(t, { certificate: corp.leaf })
    const { health, counted, clock } = watchOver({ port, chance: () => 0.5 })
    const checksAt = async (ms: number) => {
      clock.ms = 1_000_000 + ms
      await health.look()
      return counted.length
    }
    // Half of the first fifth, then 5 % before the thirty seconds are over, and half a turn of the job forgiven.
    assert.deepEqual(
      [await checksAt(0), await checksAt(2900), await checksAt(3000), await checksAt(28_900), await checksAt(29_000)],
      [0, 0, 1, 1, 2],
    )
  })

  it('says once that a backend fails, and once that it is back', async (t) => {
    const first = await startBackend(t, { certificate: corp.leaf })
    const { port } = first
    const { health, events, clock } = watchOver({ port })
    const later = async () => {
      clock.ms += 30_000
      await health.look()
    }
    await health.look()
    await first.close()
    await later()
    await later()
    await startBackend(t, { certificate: corp.leaf, port })
    await later()
    assert.deepEqual(events, ['backend.failing', 'backend.recovered'])
  })

  const unwatched: [string, Partial<Rule>][] = [
    ['a rule that asks for no checks', { healthCheck: undefined } as unknown as Partial<Rule>],
    ['a rule that lets plain text out', { plaintext: true }],
    ['a rule that denies', { action: 'deny' }],
  ]
  for (const [what, rule] of unwatched) {
    it(`leaves alone ${what}`, async (t) => {
      const backend = await startBackend(t, { certificate: corp.leaf })
      const { health } = watchOver({ port: backend.port, rule })
      await health.look()
      assert.deepEqual([health.states, backend.accepted], [[], 0])
    })
  }
})
