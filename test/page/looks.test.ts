/** The pure parts of the screens for looking: what they decide from what the API says. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Backend, Connection, Explanation, Policy, Probe, Summary } from '../../src/admin/contract.ts'
import { describeSni } from '../../src/page/backends/describe-sni.ts'
import { editsToUse } from '../../src/page/backends/trust-certificate.ts'
import { decisionSeries, rankCounts, sumDecisions } from '../../src/page/chart/decision-series.ts'
import { latencySeries } from '../../src/page/chart/latency-series.ts'
import { rankedRows } from '../../src/page/chart/ranked-rows.ts'
import { leastSpan } from '../../src/page/chart/time-axis.ts'
import { type LiveStep, noConnections, SHOWN_MAX, stepConnections } from '../../src/page/monitoring/live-connections.ts'
import { suggestFilters } from '../../src/page/monitoring/suggest-filter.ts'
import { byDaysLeft, expiring } from '../../src/page/overview/expiring.ts'
import { describeBytes, describePhase } from '../../src/page/show/describe-amount.ts'
import { describeDaysLeft } from '../../src/page/show/describe-time.ts'
import { faultOfFingerprint, matchesFingerprint } from '../../src/page/show/match-fingerprint.ts'
import { stepsOf } from '../../src/page/simulator/decision-steps.ts'

const DAY_MS = 86_400_000
const all = ['spec', 'strictTls', 'customTrustStores']

describe('a fingerprint that somebody typed', () => {
  const sha256 = 'ab'.repeat(32)
  const rows: [string, string, boolean, RegExp | ''][] = [
    ['the whole of it', sha256, true, ''],
    ['with colons and in capitals, as OpenSSL prints it', `${'AB:'.repeat(31)}AB`, true, ''],
    ['with spaces around it', ` ${sha256}\n`, true, ''],
    ['nothing', '', false, ''],
    ['its beginning alone, which is no proof', 'abab', false, ''],
    ['another one', 'cd'.repeat(32), false, /another certificate/],
    ['a beginning that differs', 'abac', false, /another certificate/],
    ['too much', `${sha256}ab`, false, /another certificate/],
    ['no hex', 'my certificate', false, /hex digits/],
  ]
  for (const [reason, typed, matches, fault] of rows) {
    it(reason, () => {
      assert.equal(matchesFingerprint(typed, sha256), matches)
      if (fault === '') assert.equal(faultOfFingerprint(typed, sha256), '')
      else assert.match(faultOfFingerprint(typed, sha256), fault)
    })
  }
})

describe('what has to change for a store to be trusted', () => {
  const policy = (spec: object): Pick<Policy, 'document'> => ({ document: { spec } })
  const rows: [string, object, string, ReturnType<typeof editsToUse>][] = [
    ['a policy without stores of its own', {}, 'unlisted', [{ path: all, value: ['corp'] }]],
    [
      'another store is trusted already',
      { strictTls: { customTrustStores: ['a'] } },
      'x',
      [{ path: all, value: ['a', 'corp'] }],
    ],
    ['it is trusted already', { strictTls: { customTrustStores: ['corp'] } }, 'x', []],
    ['a rule that trusts what all trust', { rules: [{ name: 'mail' }] }, 'mail', [{ path: all, value: ['corp'] }]],
    [
      'a rule that trusts its own',
      { rules: [{ name: 'a' }, { name: 'mail', trustStores: ['old'] }] },
      'mail',
      [{ path: ['spec', 'rules', 1, 'trustStores'], value: ['old', 'corp'] }],
    ],
    ['a rule that trusts it', { rules: [{ name: 'mail', trustStores: ['corp'] }] }, 'mail', []],
  ]
  for (const [reason, spec, rule, expected] of rows) {
    it(reason, () => assert.deepEqual(editsToUse('corp', { rule, policy: policy(spec) }), expected))
  }
})

describe('a backend and SNI', () => {
  const probe = (key: string | undefined) =>
    ({ tls: key === undefined ? null : { spkiSha256: key } }) as unknown as Probe
  const rows: [string, string | undefined, string | undefined, RegExp][] = [
    ['answers only when it is named', 'a', undefined, /^Needs SNI/],
    ['shows something else when it is not named', 'a', 'b', /^Needs SNI.*another certificate/],
    ['answers only when it is not named', undefined, 'a', /^Dislikes SNI/],
    ['shows the same', 'a', 'a', /^Does not care/],
    ['answers neither way', undefined, undefined, /^No handshake either way/],
  ]
  for (const [reason, named, bare, expected] of rows) {
    it(reason, () => assert.match(describeSni(probe(named), probe(bare)), expected))
  }
})

describe('connections on the screen', () => {
  // Later ones have higher numbers.
  const connection = (id: string) => ({ id, timeMs: Number(id) }) as Connection
  const loaded = (filter: string, ...items: string[]) =>
    ({ kind: 'loaded', filter, items: items.map(connection) }) as const
  const ids = ({ shown }: { readonly shown: readonly Connection[] }) => shown.map(({ id }) => id)
  const came = (...items: string[]) => ({ kind: 'came', items: items.map(connection), skipped: 0 }) as const

  it('stand the newest first, each once', () => {
    const known = stepConnections(noConnections, loaded('', '2', '1'))
    assert.deepEqual(ids(stepConnections(known, came('2', '3', '4'))), ['4', '3', '2', '1'])
  })

  it('stand still while paused, and catch up', () => {
    const paused = stepConnections(stepConnections(noConnections, came('1')), { kind: 'pause' })
    const later = stepConnections(paused, came('2', '3'))
    assert.deepEqual([ids(later), later.waiting.length], [['1'], 2])
    const followed = stepConnections(later, { kind: 'follow' })
    assert.deepEqual([ids(followed), followed.waiting.length], [['3', '2', '1'], 0])
  })

  const answers: [string, LiveStep[], string[], string[]][] = [
    ['heard while the API was answering', [came('1', '2', '3'), loaded('', '2', '1', '0')], ['3', '2', '1', '0'], []],
    ['heard before there was anything', [came('3'), loaded('', '2', '1')], ['3', '2', '1'], []],
    ['all long gone', [came('1', '2'), loaded('', '9', '8')], ['9', '8'], []],
    ['what another filter let through', [came('3'), loaded('x', '2')], ['2'], []],
    ['what the filter lets through no longer', [loaded('x', '2', '1'), loaded('x')], [], []],
    [
      'asked for again while paused',
      [loaded('', '2', '1'), { kind: 'pause' }, loaded('', '4', '3', '2')],
      ['2', '1'],
      ['4', '3'],
    ],
    [
      'heard and asked for again while paused',
      [loaded('', '1'), { kind: 'pause' }, came('2', '3'), loaded('', '2', '1')],
      ['1'],
      ['3', '2'],
    ],
    [
      'the first one, after a pause',
      [came('4', '5'), { kind: 'pause' }, loaded('', '5', '4', '3')],
      ['5', '4', '3'],
      [],
    ],
    [
      'the first one, with what came while paused',
      [{ kind: 'pause' }, came('4'), loaded('', '3', '2')],
      ['4', '3', '2'],
      [],
    ],
    [
      'one from before, and then a new one, for a filter that was taken away while paused',
      [loaded('x', '52', '45'), { kind: 'pause' }, loaded('', '50', '45'), loaded('', '60', '55', '52', '50', '45')],
      ['52', '50', '45'],
      ['60', '55'],
    ],
    [
      'heard just after a filter was taken away',
      [loaded('x', '1'), came('4'), loaded('', '3', '2', '1')],
      ['4', '3', '2', '1'],
      [],
    ],
    [
      'heard just after a filter was taken away, while paused',
      [loaded('x', '1'), { kind: 'pause' }, came('4'), loaded('', '3', '2', '1')],
      ['4', '3', '2', '1'],
      [],
    ],
    ['another filter while paused', [came('1', '2'), { kind: 'pause' }, loaded('x', '1')], ['1'], []],
  ]
  for (const [reason, steps, shown, waiting] of answers) {
    it(`meet an answer of the API: ${reason}`, () => {
      const live = steps.reduce(stepConnections, noConnections)
      assert.deepEqual([ids(live), ids({ shown: live.waiting })], [shown, waiting])
      const all = ids(stepConnections(live, { kind: 'follow' }))
      assert.deepEqual(
        all,
        [...new Set([...shown, ...waiting])].sort((one, other) => Number(other) - Number(one)),
      )
    })
  }

  it('are never more than the screen carries, and count what was not sent', () => {
    const many = Array.from({ length: SHOWN_MAX + 50 }, (_, index) => connection(`${index}`))
    const full = stepConnections(noConnections, { kind: 'came', items: many, skipped: 7 })
    assert.deepEqual([full.shown.length, full.skipped, full.shown[0]?.id], [SHOWN_MAX, 7, `${SHOWN_MAX + 49}`])
  })
})

describe('filters', () => {
  it('are suggested for the word that is being typed, with what stands before it', () => {
    assert.ok(suggestFilters('since:1h dec').includes('since:1h decision:deny'))
    assert.ok(suggestFilters('-dec').includes('-decision:deny'))
    assert.deepEqual(suggestFilters('nonsense'), [])
  })
})

describe('figures of the overview', () => {
  const none = { dns: null, connect: null, tls: null, firstByte: null }
  const points: Summary['points'] = [
    {
      timeMs: 10_000,
      version: 1,
      decisions: { allow: 3 },
      latency: { ...none, tls: { count: 2, p50Ms: 4, p95Ms: 9 } },
    },
    { timeMs: 20_000, version: 2, decisions: { allow: 1, deny: 2 }, latency: none },
  ]

  it('mark where another version came into force, and show every decision', () => {
    const { times, series, marks } = decisionSeries({ points })
    assert.deepEqual([times, marks], [[10, 20], [{ time: 20, text: 'v2' }]])
    assert.deepEqual(series.find(({ name }) => name === 'deny')?.values, [0, 2])
    assert.deepEqual(sumDecisions({ points }), { allow: 4, deny: 2 })
  })

  it('span a minute at least; where there is more, the points say how much', () => {
    assert.deepEqual(leastSpan([1_796_000_000]), [1_795_999_940, 1_796_000_000])
    assert.deepEqual(leastSpan([1_795_999_990, 1_796_000_000]), [1_795_999_940, 1_796_000_000])
    assert.equal(leastSpan([1_795_999_940, 1_795_999_990, 1_796_000_000]), undefined)
  })

  it('draw a line for each phase, with a gap where it did not happen', () => {
    const { times, series, marks } = latencySeries({ points }, 'p95Ms')
    assert.deepEqual([times, marks], [[10, 20], [{ time: 20, text: 'v2' }]])
    assert.deepEqual(
      series.map(({ name, values }) => [name, ...values]),
      [
        ['DNS', null, null],
        ['Connect', null, null],
        ['TLS', 9, null],
        ['First byte', null, null],
      ],
    )
    assert.deepEqual(latencySeries({ points }, 'p50Ms').series[2]?.values, [4, null])
  })

  it('keep the order of columns that have one, with those that are empty, and show nothing where nothing was counted', () => {
    const counts = { ended: 0, soon: 1, later: 3 }
    assert.deepEqual(
      rankedRows(counts, true).map(({ name, count }) => [name, count]),
      Object.entries(counts),
    )
    assert.deepEqual(
      rankedRows(counts, false).map(({ name }) => name),
      ['later', 'soon'],
    )
    assert.deepEqual(rankedRows({ ended: 0 }, true), [])
  })

  it('rank counts and leave out what never was', () => {
    assert.deepEqual(rankCounts({ a: 1, b: 3, c: 0 }), [
      { name: 'b', count: 3, share: 0.75 },
      { name: 'a', count: 1, share: 0.25 },
    ])
  })

  it('list what ends soon, the most urgent first, and nothing that ships with the system', () => {
    const backend = (name: string, days: number | null) =>
      ({ backend: name, notAfterMs: days === null ? null : days * DAY_MS }) as Backend
    const backends = [backend('late', 20), backend('over', -1), backend('far', 200), backend('none', null)]
    const store = { certificates: 1, sha256: '', warnings: 0, problems: [], usedBy: [] }
    const stores = [
      { ...store, name: 'corp', builtIn: false, firstExpiry: '1970-01-11' },
      { ...store, name: 'bundled', builtIn: true, firstExpiry: '1970-01-02' },
    ]
    const soon = expiring({ backends, stores }, { nowMs: 0, withinDays: 30 })
    assert.deepEqual(
      soon.map(({ name, days }) => [name, days]),
      [
        ['over', -1],
        ['corp', 10],
        ['late', 20],
      ],
    )
    const columns = byDaysLeft(backends, 0)
    assert.deepEqual([columns.ended, columns['under 30 days'], columns['90 days or more']], [1, 1, 1])
  })

  it('are said with their units', () => {
    assert.deepEqual(
      [describeBytes(0), describeBytes(1023), describeBytes(1536), describeBytes(3_145_728)],
      ['0 B', '1023 B', '1.5 KiB', '3.0 MiB'],
    )
    assert.deepEqual([describePhase(null), describePhase(1.26), describePhase(120.4)], ['–', '1.3 ms', '120 ms'])
    assert.deepEqual([-4, -2, -1, 0, 1, 2].map(describeDaysLeft), [
      'ended 3 days ago',
      'ended 1 day ago',
      'ended within the last day',
      'ends today',
      '1 day left',
      '2 days left',
    ])
  })
})

describe('the steps of a decision', () => {
  const known = {
    ...{
      rule: 'mail',
      matchedBy: 'mail.corp.example',
      allowed: true,
      reason: 'rule',
      passedOver: [],
      deniedAddress: null,
    },
    ...{ offer: { protocols: ['TLSv1.3'], suites: [] }, strict: true, enforcement: 'enforce' },
    refusedFor: ['untrusted-issuer', 'expired', 'name-mismatch', 'protocol-refused'],
  } as unknown as Explanation

  it('go on to the verdict', () =>
    assert.deepEqual(
      stepsOf(known)
        .map(({ name }) => name)
        .at(-1),
      'Verdict',
    ))

  const says = (different: Partial<Explanation>) =>
    stepsOf({ ...known, ...different })
      .slice(-2)
      .map(({ says }) => says)
  const spoken: [why: string, different: Partial<Explanation>, expected: string[]][] = [
    [
      'strict and enforced',
      {},
      ['chain, host name must hold', 'refused for each of untrusted-issuer, expired, name-mismatch, protocol-refused'],
    ],
    [
      'strict TLS off',
      { strict: false, refusedFor: ['protocol-refused'] },
      ['chain and host name are only looked at (strict TLS is off)', 'refused for each of protocol-refused'],
    ],
    [
      'strict TLS off, beside pins',
      { strict: false, refusedFor: ['pin-mismatch'] },
      [
        'pinned key must hold; chain and host name are only looked at (strict TLS is off)',
        'refused for each of pin-mismatch',
      ],
    ],
    [
      'only reported',
      { enforcement: 'report', refusedFor: [] },
      ['chain and host name are only looked at (report mode)', 'nothing that is found refuses it'],
    ],
    [
      'allow and log',
      { refusedFor: ['expired', 'name-mismatch'] },
      ['host name must hold; chain is only looked at', 'refused for each of expired, name-mismatch'],
    ],
  ]
  for (const [why, different, expected] of spoken)
    it(`say what truly refuses: ${why}`, () => assert.deepEqual(says(different), expected))

  it('end with the one that does not pass', () => {
    const byRule = stepsOf({ ...known, allowed: false, reason: 'rule-denies' })
    assert.deepEqual(
      byRule.map(({ name, passes }) => [name, passes]),
      [['Rule', false]],
    )
    const byAddress = stepsOf({
      ...known,
      allowed: false,
      reason: 'address-denied',
      deniedAddress: '127.0.0.1 is loopback',
    })
    assert.deepEqual(
      byAddress.map(({ name, passes }) => [name, passes]),
      [
        ['Rule', true],
        ['Address', false],
      ],
    )
  })
})
