/** What the drawer of a backend decides from what the API says. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BackendDetail, BackendTrial } from '../../src/admin/contract.ts'
import { certificateTimeline } from '../../src/page/backends/certificate-timeline.ts'
import { switchBackend } from '../../src/page/backends/health-edits.ts'
import { editsForRule } from '../../src/page/backends/rule-edits.ts'
import { describeInterval } from '../../src/page/show/describe-time.ts'

const tls = { configuration: 'custom', protocols: ['TLSv1.2'] }
const tightest: NonNullable<BackendTrial['tightest']> = { name: 'a.example', match: ['a.example:443'], tls }
const match = (host: string, more = {}) => ({ host, wildcard: false, ...more })

describe('the tightest rule comes into the draft', () => {
  const rows: [why: string, rules: object[], rule: string, more: object, expected: ReturnType<typeof editsForRule>][] =
    [
      ['as the first one, where there is none', [], 'unlisted', {}, [{ path: ['spec', 'rules'], value: [tightest] }]],
      [
        'at the end, under a name that is free, where no rule names the backend',
        [{ name: 'a.example', match: [match('other.example')] }],
        'unlisted',
        {},
        [{ path: ['spec', 'rules', 1], value: { ...tightest, name: 'a.example-2' } }],
      ],
      [
        'as the TLS of the rule that is for this backend alone: all else that it says stays',
        [
          { name: 'x', match: [match('x')] },
          { name: 'mine', match: [match('a.example', { port: 443 })] },
        ],
        'mine',
        { sni: false },
        [
          { path: ['spec', 'rules', 1, 'tls'], value: tls },
          { path: ['spec', 'rules', 1, 'sni'], value: false },
        ],
      ],
      [
        'by hand, where the rule is for every port of the host',
        [{ name: 'mine', match: [match('a.example')] }],
        'mine',
        {},
        undefined,
      ],
      [
        'by hand, where the rule holds for others too',
        [{ name: 'two', match: [match('a.example'), match('b')] }],
        'two',
        {},
        undefined,
      ],
      [
        'by hand, where the rule has a wildcard',
        [{ name: 'wide', match: [match('example', { wildcard: true })] }],
        'wide',
        {},
        undefined,
      ],
      [
        'by hand, where the rule is for another port',
        [{ name: 'p', match: [match('a.example', { port: 8443 })] }],
        'p',
        {},
        undefined,
      ],
      ['by hand, where the draft has the rule no longer', [], 'gone', {}, undefined],
    ]
  for (const [why, rules, rule, more, expected] of rows) {
    it(why, () =>
      assert.deepEqual(
        editsForRule({ spec: { rules } }, { rule, backend: 'a.example:443', tightest: { ...tightest, ...more } }),
        expected,
      ),
    )
  }
})

describe('the switch of one backend', () => {
  const list = ['spec', 'healthCheck', 'backends']
  const document = (...authorities: string[]) => ({
    spec: { healthCheck: { backends: authorities.map((authority) => ({ backend: { authority } })) } },
  })
  const wish = { backend: 'a:1', enabled: false }
  const rows: [why: string, document: ReturnType<typeof document>, expected: ReturnType<typeof switchBackend>][] = [
    ['begins the list', document(), [{ path: list, value: [wish] }]],
    ['is added to it', document('b:1'), [{ path: [...list, 1], value: wish }]],
    ['is turned where it is', document('b:1', 'a:1'), [{ path: [...list, 1, 'enabled'], value: false }]],
  ]
  for (const [why, before, expected] of rows) it(why, () => assert.deepEqual(switchBackend(before, wish), expected))
})

describe('the certificates of a backend over time', () => {
  const sight = (sha256: string, firstMs: number, lastMs: number, more = {}) =>
    ({
      firstMs,
      lastMs,
      count: 2,
      chain: sha256 === '' ? [] : [{ sha256, issuer: 'corp', ...more }],
    }) as unknown as BackendDetail['sightings'][number]

  it('are one entry each, however many sights there are of it, the newest first', () => {
    const timeline = certificateTimeline([
      sight('new', 50, 90),
      sight('old', 10, 40),
      sight('', 5, 95),
      sight('old', 20, 60),
    ])
    assert.deepEqual(
      timeline.map(({ certificate, firstMs, lastMs, count }) => [certificate.sha256, firstMs, lastMs, count]),
      [
        ['new', 50, 90, 2],
        ['old', 10, 60, 4],
      ],
    )
  })

  it('say where another issuer has begun, and not where the same goes on', () => {
    const timeline = certificateTimeline([
      sight('c', 30, 40, { issuer: 'stranger' }),
      sight('b', 20, 30),
      sight('a', 10, 20),
    ])
    assert.deepEqual(
      timeline.map(({ isIssuerNew }) => isIssuerNew),
      [true, false, false],
    )
  })
})

it('a time between two turns is said in the largest unit that says it whole', () => {
  assert.deepEqual([5000, 90_000, 60_000, 7_200_000, 1500].map(describeInterval), [
    '5 s',
    '90 s',
    '1 min',
    '2 h',
    '1500 ms',
  ])
})
