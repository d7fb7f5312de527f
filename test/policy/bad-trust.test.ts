/** What a policy must not say about whom it trusts, and what it may; `▸` marks the place an operator is sent to. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { marked, policyOf, problemsOf } from './policy-text.ts'

const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
const rule = (extras: string) => `rules:\n  - { name: a, match: [a.example], ${extras} }`
const noneTrusted = 'leaves no trust store at all: strict TLS would refuse every backend'
const noList = 'none stands for no store in defaultTrustStore only'
const noStore = 'intermediates is the pool that completes chains: what lies in it is never trusted'
const overruled = 'is overruled by trustStores, which means only these: keep one'

const bad: readonly { readonly why: string; readonly spec: string; readonly problems: readonly string[] }[] = [
  {
    why: 'none among the stores of all',
    spec: 'strictTls: { customTrustStores: [corp, ▸none, none] }',
    problems: [`spec.strictTls.customTrustStores[1]: ${noList}`],
  },
  {
    why: 'none among those that a rule adds',
    spec: rule('strictTls: { customTrustStores: [▸none] }'),
    problems: [`spec.rules[0].strictTls.customTrustStores[0]: ${noList}`],
  },
  {
    why: 'the pool of intermediates as the default store',
    spec: 'strictTls: { defaultTrustStore: ▸intermediates }',
    problems: [`spec.strictTls.defaultTrustStore: ${noStore}`],
  },
  {
    why: 'the pool among the stores of all',
    spec: 'strictTls: { customTrustStores: [corp, ▸intermediates, intermediates] }',
    problems: [`spec.strictTls.customTrustStores[1]: ${noStore}`],
  },
  {
    why: 'the pool as the default store of a rule',
    spec: rule('strictTls: { defaultTrustStore: ▸intermediates }'),
    problems: [`spec.rules[0].strictTls.defaultTrustStore: ${noStore}`],
  },
  {
    why: 'the pool among those that a rule adds',
    spec: rule('strictTls: { customTrustStores: [▸intermediates] }'),
    problems: [`spec.rules[0].strictTls.customTrustStores[0]: ${noStore}`],
  },
  {
    why: 'the pool as the only store of a rule',
    spec: rule('trustStores: [▸intermediates]'),
    problems: [`spec.rules[0].trustStores[0]: ${noStore}`],
  },

  {
    why: 'a default store beside the only ones',
    spec: rule('trustStores: [corp], strictTls: { defaultTrustStore: ▸system }'),
    problems: [`spec.rules[0].strictTls.defaultTrustStore: ${overruled}`],
  },
  {
    why: 'further stores beside the only ones',
    spec: rule('trustStores: [corp], strictTls: { customTrustStores: ▸[lab] }'),
    problems: [`spec.rules[0].strictTls.customTrustStores: ${overruled}`],
  },
  {
    why: 'enforcement in two places',
    spec: rule('enforcement: ▸enforce, strictTls: { enforcement: enforce }'),
    problems: ['spec.rules[0].enforcement: is also said in strictTls: keep one'],
  },

  {
    why: 'a rule that takes the only store away',
    spec: rule('strictTls: { defaultTrustStore: ▸none }'),
    problems: [`spec.rules[0].strictTls.defaultTrustStore: ${noneTrusted}`],
  },
  {
    why: 'a rule that takes the custom stores away where there are no others',
    spec: `strictTls: { defaultTrustStore: none, customTrustStores: [corp] }\n${rule('strictTls: { customTrustStores: ▸[] }')}`,
    problems: [`spec.rules[0].strictTls.customTrustStores: ${noneTrusted}`],
  },
  {
    why: 'a rule that is strict where nobody is trusted',
    spec: `strictTls: { enabled: ▸false, defaultTrustStore: ▸none }\n${rule('strictTls: { enabled: true }')}`,
    problems: [
      'spec.strictTls.enabled: warning: anyone on the way can pose as the backend: chain and name are not verified',
      `spec.strictTls.defaultTrustStore: ${noneTrusted}`,
    ],
  },
  {
    why: 'pins beside a chain that nobody vouches for',
    spec: rule(`trustStores: ▸[], pins: { spkiSha256: [${key}, ${key.replace(/^A/, 'B')}] }`),
    problems: [`spec.rules[0].trustStores: ${noneTrusted}`],
  },
  {
    why: 'a policy that denies everything, beside another fault',
    spec: '▸sin: true\ndestinations: { unlisted: ▸deny }\nrules: [{ name: a, match: [a.example], action: deny }]',
    problems: [
      'spec.sin: is not a known key: did you mean sni?',
      'spec.destinations.unlisted: denies everything: no rule allows a destination',
    ],
  },
  {
    why: 'the same name twice',
    spec: 'rules: [{ name: a, match: [a.example] }, { name: ▸a, match: [b.example] }]',
    problems: ['spec.rules[1].name: a is already the name of a rule above'],
  },
  {
    why: 'the name of no rule',
    spec: 'rules: [{ name: ▸unlisted, match: [a.example] }]',
    problems: ['spec.rules[0].name: unlisted is what logs call the lack of a rule: choose another'],
  },
]

/** Without any store, each for a reason of its own. */
const good: readonly (readonly [why: string, extras: string])[] = [
  ['denies', 'action: deny, trustStores: []'],
  ['is not strict', 'strictTls: { enabled: false }, trustStores: []'],
  ['only reports', 'enforcement: report, trustStores: []'],
  ['only reports, as its strictTls says', 'strictTls: { enforcement: report }, trustStores: []'],
  ['allows and logs whom nobody vouches for', 'strictTls: { allowUntrusted: true }, trustStores: []'],
  ['has pins instead', `trustStores: [], pins: { mode: instead, spkiSha256: [${key}] }`],
]

/** A faulty part that the contradiction depends on, so that only the fault may be told. */
const followUps: readonly (readonly [why: string, spec: string])[] = [
  ['its action', rule('trustStores: [], action: dney')],
  ['its enforcement', rule('trustStores: [], enforcement: reprot')],
  ['its strictTls', rule('trustStores: [], strictTls: { enabled: nope }')],
  ['its stores', rule('trustStores: [../x]')],
  ['its pins', rule('trustStores: [], pins: { mode: insted, spkiSha256: [x] }')],
  ['what it inherits', `strictTls: { defaultTrustStore: none, allowUntrusted: nope }\n${rule('sni: false')}`],
  [
    'what becomes of what no rule names',
    `strictTls: { defaultTrustStore: none }\ndestinations: { unlisted: dney }\n${rule('trustStores: [corp]')}`,
  ],
  [
    'a rule left out beside one that denies',
    'destinations: { unlisted: deny }\nrules: [{ name: a, match: [a.example], action: deny }, { match: [b.example] }]',
  ],
]

describe('a policy is refused', () => {
  for (const { why, spec, problems } of bad) {
    it(`for ${why}`, () => {
      const { spec: text, lines } = marked(spec, problems)
      assert.deepEqual(problemsOf(text), lines)
    })
  }

  for (const [why, spec] of followUps) {
    it(`for a fault and not for what only follows from it: ${why}`, () => {
      const found = problemsOf(spec).filter((line) => !line.includes(': warning: '))
      assert.ok(found.length > 0)
      assert.ok(!found.some((line) => line.includes(noneTrusted) || line.includes('denies everything')), found.join())
    })
  }
})

describe('a rule needs no trust store where it', () => {
  for (const [why, extras] of good) {
    it(why, () => assert.deepEqual(policyOf(rule(extras)).rules[0]?.trustStores, []))
  }
})
