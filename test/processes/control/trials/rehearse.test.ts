/** What a rehearsal says of a backend, with real backends under two snapshots; names resolve to loopback. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import tls from 'node:tls'
import { makeCertificate } from '../../../../src/certificate/make-certificate.ts'
import type { Rule } from '../../../../src/policy/policy.ts'
import { changeBetween, type RehearsalChange, rehearse } from '../../../../src/processes/control/trials/rehearse.ts'
import type { Trial } from '../../../../src/processes/control/trials/try-destination.ts'
import { RevocationBook } from '../../../../src/revocation/revocation-book.ts'
import { makeOffer, makeSnapshot, type SnapshotWish } from '../../../kit/make-snapshot.ts'
import { makeTrust, trustSetOf } from '../../../kit/make-trust.ts'
import { ocspNews } from '../../../kit/ocsp-news.ts'
import { makeRule, pattern } from '../../../kit/policies.ts'
import { startBackend, startRawBackend } from '../../../kit/start-backend.ts'

const corp = await makeTrust(['good.test'])
const otherRoot = await makeCertificate({ subject: 'Other Root', ca: true })
const other = trustSetOf('other', [otherRoot])
const resolve = async (name: string) => {
  if (name === 'gone.test') throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
  return ['127.0.0.1']
}
const configured = (authority: string) => ({ authority, configured: true })

describe('the change between two trials', () => {
  type Outcome = Trial['outcome']
  const rows: readonly [now: Outcome | null, after: Outcome, change: RehearsalChange][] = [
    ['trusted', 'trusted', 'unchanged'],
    ['trusted', 'allowed', 'no-longer-trusted'],
    ['trusted', 'refused', 'breaks'],
    ['trusted', 'denied', 'breaks'],
    ['trusted', 'unreachable', 'unreachable'],
    ['allowed', 'trusted', 'newly-trusted'],
    ['allowed', 'allowed', 'unchanged'],
    ['allowed', 'refused', 'breaks'],
    ['refused', 'trusted', 'newly-trusted'],
    ['refused', 'allowed', 'newly-allowed'],
    ['refused', 'denied', 'unchanged'],
    ['denied', 'trusted', 'newly-trusted'],
    ['denied', 'allowed', 'newly-allowed'],
    ['denied', 'unreachable', 'unreachable'],
    ['unreachable', 'trusted', 'unreachable'],
    [null, 'trusted', 'unchanged'],
    [null, 'refused', 'breaks'],
  ]
  const trial = (outcome: Outcome): Trial => ({ outcome, rule: 'r', why: '', findings: [] })
  for (const [now, after, change] of rows) {
    it(`from ${now ?? 'nothing'} to ${after} is ${change}`, () =>
      assert.equal(changeBetween(now === null ? null : trial(now), trial(after)), change))
  }
})

/** Rehearses one destination from one wish to another. */
async function between(authority: string, now: SnapshotWish, after: SnapshotWish) {
  const rehearsal = await rehearse(makeSnapshot(after), {
    destinations: [configured(authority)],
    active: makeSnapshot(now),
    resolve,
  })
  const [backend] = rehearsal.backends
  assert.ok(backend)
  return backend
}

describe('a rehearsal', () => {
  const start = (t: TestContext) => startBackend(t, { certificate: corp.leaf, tls: { maxVersion: 'TLSv1.2' } })
  const named = (rule: Partial<Rule>): SnapshotWish => ({
    trust: [corp.set],
    rules: [makeRule({ name: 'own', match: [pattern('good.test')], trustStores: ['corp'], tls: makeOffer(), ...rule })],
  })
  const cases: readonly [why: string, after: SnapshotWish, change: RehearsalChange, said: RegExp][] = [
    ['the same policy', { trust: [corp.set] }, 'unchanged', /^$/],
    ['another trust store', { trust: [other] }, 'breaks', /untrusted-issuer/],
    [
      'allow-and-log with another trust store',
      { trust: [other], unlisted: { allowUntrusted: true } },
      'no-longer-trusted',
      /untrusted-issuer/,
    ],
    ['a rule that denies', named({ action: 'deny' }), 'breaks', /^the rule denies it$/],
    [
      'a protocol that the backend does not speak',
      named({ tls: makeOffer({ protocols: ['TLSv1.3'], ciphers: ['TLS_AES_128_GCM_SHA256'] }) }),
      'breaks',
      /protocol|TLS/,
    ],
    ['addresses that are denied', { trust: [corp.set], addresses: { deny: ['default'], allow: [] } }, 'breaks', /127/],
    ['another name to verify', named({ verifyName: 'bad.test' }), 'breaks', /name-mismatch/],
  ]
  for (const [why, after, change, said] of cases) {
    it(`of ${why} says ${change}`, async (t) => {
      const { port } = await start(t)
      const backend = await between(`good.test:${port}`, { trust: [corp.set] }, after)
      assert.equal(backend.now?.outcome, 'trusted')
      assert.equal(backend.change, change, JSON.stringify(backend.after))
      assert.match(backend.after.why, said)
    })
  }

  it('asks for TLS as the service does, and tells what that leads to', async (t) => {
    const secure = tls.createServer({ cert: corp.leaf.certificate, key: corp.leaf.key })
    const { port } = await startRawBackend(t, {
      allowHalfOpen: false,
      onSocket: (socket) => {
        socket.write('220 mail\r\n')
        socket.once('data', () => {
          socket.write('250-mail\r\n250 STARTTLS\r\n')
          socket.once('data', () => {
            socket.write('220 go\r\n')
            secure.emit('connection', socket)
          })
        })
      },
    })
    const rehearsal = await rehearse(makeSnapshot({ trust: [other] }), {
      destinations: [{ ...configured(`good.test:${port}`), starttls: 'smtp' }],
      active: makeSnapshot({ trust: [corp.set] }),
      resolve,
    })
    const [backend] = rehearsal.backends
    assert.deepEqual([backend?.now?.outcome, backend?.after.outcome, backend?.change], ['trusted', 'refused', 'breaks'])
    assert.match(backend?.after.why ?? '', /untrusted-issuer/)
  })

  it('says unreachable of a name that is gone and of a port where nobody listens, and breaks nothing', async (t) => {
    const { port, close } = await start(t)
    await close()
    const rehearsal = await rehearse(makeSnapshot({ trust: [other] }), {
      destinations: [configured('gone.test:443'), configured(`good.test:${port}`)],
      active: makeSnapshot({ trust: [corp.set] }),
      resolve,
    })
    assert.deepEqual([rehearsal.counts.unreachable, rehearsal.counts.breaks], [2, 0])
  })

  it('sends no byte of an application, leaves nothing open, and puts the gravest first', async (t) => {
    const [good, bad] = [await start(t), await startBackend(t, { certificate: corp.leaf })]
    const wish = { trust: [corp.set] }
    const rehearsal = await rehearse(makeSnapshot(wish), {
      destinations: [configured(`good.test:${good.port}`), { authority: `bad.test:${bad.port}`, configured: false }],
      active: undefined,
      resolve,
    })
    assert.deepEqual(
      rehearsal.backends.map(({ backend, change, configured: isNamed, now }) => [backend, change, isNamed, now]),
      [
        [`bad.test:${bad.port}`, 'breaks', false, null],
        [`good.test:${good.port}`, 'unchanged', true, null],
      ],
    )
    assert.equal(rehearsal.against, null)
    assert.deepEqual([...good.requests, ...bad.requests], [])
    while (good.sockets.size + bad.sockets.size > 0) await new Promise((done) => setImmediate(done))
  })

  it('has no more under way at once than it may, and tells how far it is', async (t) => {
    const backend = await start(t)
    const full = Promise.withResolvers<void>()
    let underWay = 0
    const held = async () => {
      underWay += 1
      if (underWay === 3) setImmediate(full.resolve)
      await full.promise
      return ['127.0.0.1']
    }
    const told: string[] = []
    const rehearsing = rehearse(makeSnapshot({ trust: [corp.set] }), {
      destinations: Array.from({ length: 20 }, (_, n) => configured(`n${n}.test:${backend.port}`)),
      active: undefined,
      parallel: 3,
      resolve: held,
      progress: ({ tried, of }) => told.push(`${tried}/${of}`),
    })
    await full.promise
    assert.equal(underWay, 3)
    const { counts } = await rehearsing
    assert.equal(counts.breaks, 20)
    assert.deepEqual([told[0], told.at(-1)], ['1/20', '20/20'])
  })

  it('begins no trial when its time is up, and names what it did not try', async (t) => {
    const { port } = await start(t)
    const options = { destinations: [configured(`good.test:${port}`)], active: undefined, resolve, patienceMs: 0 }
    const rehearsal = await rehearse(makeSnapshot({ trust: [corp.set] }), options)
    assert.deepEqual([rehearsal.backends, rehearsal.notTried], [[], [`good.test:${port}`]])
  })
})

/** What the control process knows: that the first question is answered so, and that nobody need ask again. */
function knowing(state: 'good' | 'revoked' | 'silent') {
  const asked: string[] = []
  const book = new RevocationBook(async (questions) => {
    for (const { issuer, serial, subject } of questions) {
      asked.push(subject)
      if (state === 'silent') continue
      book.learn(ocspNews({ issuer, serial }, state))
    }
  })
  return { known: { revocation: book }, asked }
}

describe('a rehearsal of revocation', () => {
  const hard = { mode: 'hard', sources: ['ocsp'] } as const
  for (const [state, change, why] of [
    ['good', 'unchanged', 'the responder says it is good'],
    ['revoked', 'breaks', 'the responder says it is revoked'],
    ['silent', 'breaks', 'nobody knows'],
  ] as const) {
    it(`under hard mode is ${change} where ${why}`, async (t) => {
      const backend = await startBackend(t, { certificate: corp.leaf })
      const { known, asked } = knowing(state)
      const trust = [corp.set]
      const { backends } = await rehearse(makeSnapshot({ trust, unlisted: { revocation: hard } }), {
        destinations: [configured(`good.test:${backend.port}`)],
        active: makeSnapshot({ trust }),
        resolve,
        known,
      })
      assert.equal(backends[0]?.change, change, JSON.stringify(backends[0]))
      assert.equal(asked.length, 1)
    })
  }

  it('leaves nothing behind that listens to what is learnt later', async (t) => {
    const backend = await startBackend(t, { certificate: corp.leaf })
    const { known } = knowing('good')
    let listening = 0
    const counting = Object.assign(Object.create(known.revocation) as RevocationBook, {
      lookUp: known.revocation.lookUp,
      ask: known.revocation.ask.bind(known.revocation),
      onChange(learnt: () => void) {
        listening += 1
        const forget = known.revocation.onChange(learnt)
        return () => {
          listening -= 1
          forget()
        }
      },
    })
    const options = { destinations: [configured(`good.test:${backend.port}`)], resolve }
    const snapshot = makeSnapshot({ trust: [corp.set] })
    await rehearse(snapshot, { ...options, active: snapshot, known: { revocation: counting } })
    assert.equal(listening, 0)
  })
})
