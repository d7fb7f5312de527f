/** How long a verdict of a verifying handshake is taken for the next tunnel: by its own end, by time, by what is learnt. */
import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { type FreshVerdict, VerdictCache } from '../../../src/backend/judge/verdict-cache.ts'
import { makeRule } from '../../kit/policies.ts'

const VERDICT_MS = 60_000
const rule = makeRule()

/** A cache, its clocks, and a judge that counts and gives verdicts that end as wished. */
function start(t: TestContext) {
  const clocks = { wallMs: 1_000_000, steadyMs: 500 }
  t.mock.method(performance, 'now', () => clocks.steadyMs)
  const cache = new VerdictCache({ verdictMs: VERDICT_MS, now: () => clocks.wallMs })
  let judged = 0
  const fresh = (wish: Partial<FreshVerdict>): FreshVerdict => ({
    verdict: { outcome: 'trusted', findings: [], blocking: [], because: [], wouldRefuse: false },
    tls: { protocol: 'TLSv1.3', cipher: '', group: '', dhBits: 0, resumed: false, spkiSha256: '' },
    address: `192.0.2.${judged}`,
    phases: { dnsMs: 0, connectMs: 0, tlsMs: 0 },
    chain: [],
    validUntilMs: Number.POSITIVE_INFINITY,
    isRevoked: () => false,
    ...wish,
  })
  const find = (authority = 'a.test:443', wish: Partial<FreshVerdict> = {}, of = rule) =>
    cache.find(of, authority, async () => {
      judged += 1
      return fresh(wish)
    })
  return { clocks, cache, find, count: () => judged }
}

test('one handshake serves all who ask while it is under way, and whoever comes after', async (t) => {
  const { find, count, clocks } = start(t)
  const [first, second] = await Promise.all([find(), find()])
  clocks.steadyMs += VERDICT_MS - 1
  const third = await find()
  assert.deepEqual([first.cached, second.cached, third.cached], [false, true, true])
  assert.deepEqual([third.address, count()], ['192.0.2.1', 1])
  assert.ok(!('validUntilMs' in third) && !('isRevoked' in third), 'what ends it stays here')
})

test('a handshake that takes longer than a verdict is kept is still one', async (t) => {
  const { cache, clocks, find, count } = start(t)
  const slow = Promise.withResolvers<FreshVerdict>()
  const waiting = cache.find(rule, 'a.test:443', () => slow.promise).catch(() => 'failed')
  clocks.steadyMs += 2 * VERDICT_MS
  const other = find().catch(() => 'failed')
  slow.reject(new Error('no'))
  assert.deepEqual([await waiting, await other, count()], ['failed', 'failed', 0])
})

const ends: readonly {
  readonly why: string
  readonly wish?: Partial<FreshVerdict>
  readonly passes: Partial<{ wallMs: number; steadyMs: number }>
  readonly kept: boolean
}[] = [
  { why: 'until its time is up', passes: { steadyMs: VERDICT_MS }, kept: false },
  { why: 'whatever the clock on the wall says', passes: { wallMs: -10 * VERDICT_MS }, kept: true },
  {
    why: 'to the last moment of what it rests on',
    wish: { validUntilMs: 1_000_005 },
    passes: { wallMs: 4 },
    kept: true,
  },
  { why: 'and no longer', wish: { validUntilMs: 1_000_005 }, passes: { wallMs: 5 }, kept: false },
]
for (const { why, wish, passes, kept } of ends) {
  test(`a verdict holds ${why}`, async (t) => {
    const { find, clocks } = start(t)
    await find('a.test:443', wish)
    clocks.wallMs += passes.wallMs ?? 0
    clocks.steadyMs += passes.steadyMs ?? 0
    assert.equal((await find()).cached, kept)
  })
}

test('a verdict is for one rule and one destination', async (t) => {
  const { find, count } = start(t)
  await find()
  assert.equal((await find('b.test:443')).cached, false)
  assert.equal((await find('a.test:444')).cached, false)
  assert.equal((await find('a.test:443', {}, makeRule())).cached, false)
  assert.equal(count(), 4)
})

test('a failure is kept for a second, so that a bad backend is asked once by a flood of callers', async (t) => {
  const { cache, clocks } = start(t)
  let asked = 0
  const fail = () =>
    cache.find(rule, 'a.test:443', async () => {
      asked += 1
      throw new Error('no')
    })
  await assert.rejects(fail())
  clocks.steadyMs += 999
  await assert.rejects(fail())
  assert.equal(asked, 1)
  clocks.steadyMs += 1
  await assert.rejects(fail())
  assert.equal(asked, 2)
})

test('what is forgotten is judged anew, and nothing else is', async (t) => {
  const { cache, find } = start(t)
  await find()
  await find('b.test:443')
  cache.forget(rule, 'a.test:443')
  cache.forget(makeRule(), 'b.test:443')
  assert.deepEqual([(await find()).cached, (await find('b.test:443')).cached], [false, true])
  cache.clear()
  assert.equal((await find('b.test:443')).cached, false)
})

test('when revocations become known, what is revoked is judged anew, and so is what failed', async (t) => {
  const { cache, find } = start(t)
  let isRevoked = false
  await find('a.test:443', { isRevoked: () => isRevoked })
  await find('b.test:443')
  await assert.rejects(cache.find(rule, 'c.test:443', () => Promise.reject(new Error('no'))))
  const under = Promise.withResolvers<FreshVerdict>()
  const waiting = cache.find(rule, 'd.test:443', () => under.promise)
  cache.forgetRevoked()
  assert.equal((await find()).cached, true)
  isRevoked = true
  cache.forgetRevoked()
  const again = await Promise.all(['a.test:443', 'b.test:443', 'c.test:443'].map((authority) => find(authority)))
  assert.deepEqual(
    again.map(({ cached }) => cached),
    [false, true, false],
  )
  // One under way is judged by what is known when it ends.
  const joined = find('d.test:443')
  under.reject(new Error('no'))
  await assert.rejects(waiting)
  await assert.rejects(joined)
})

test('at 4096 destinations everything is forgotten, and only what is there counts', async (t) => {
  const { cache, clocks, find } = start(t)
  await find()
  cache.clear()
  await find('revoked.test:443', { isRevoked: () => true })
  cache.forgetRevoked()
  await find('0.test:443')
  clocks.steadyMs += VERDICT_MS
  for (let at = 0; at < 4096; at += 1) await find(`${at}.test:443`)
  assert.equal((await find('0.test:443')).cached, true)
  cache.forget(rule, '1.test:443')
  cache.forget(rule, '1.test:443')
  await find('x.test:443')
  assert.equal((await find('0.test:443')).cached, true)
  await find('y.test:443')
  assert.deepEqual([(await find('0.test:443')).cached, (await find('y.test:443')).cached], [false, true])
})

test('forgetting what is revoked makes room for exactly as many', async (t) => {
  const { cache, find } = start(t)
  for (let at = 0; at < 4096; at += 1) await find(`${at}.test:443`, { isRevoked: () => at > 4093 })
  cache.forgetRevoked()
  await find('x.test:443')
  await find('y.test:443')
  assert.equal((await find('0.test:443')).cached, true)
  await find('z.test:443')
  assert.equal((await find('0.test:443')).cached, false)
})
