/** Who is looked after: the closest word holds, and nobody is where nobody asked. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { watchedBackends } from '../../../../src/processes/control/watch/watched-backends.ts'
import type { Service } from '../../../../src/settings/service.ts'
import { makeSnapshot } from '../../../kit/make-snapshot.ts'
import { policyOf } from '../../../policy/policy-text.ts'

const seen = ['api.example:443', 'a.corp.example:443', 'mail.example:587']
const none = { proxyProtocol: { from: [] } }
const services = [
  { connect: [{ scheme: 'tls', authority: 'mail.example:587' }], starttls: 'smtp', ...none },
  { connect: [{ scheme: 'tcp', authority: 'plain.example:25' }], ...none },
  { connect: [{ scheme: 'tls', authority: 'introduced.example:443' }], proxyProtocol: { from: [], out: 'v2' } },
] as unknown as readonly Service[]

/** `authority every-seconds`, and what is known from traffic alone in brackets. */
function watched(spec: string): string[] {
  const snapshot = { ...makeSnapshot({ settings: { services } }), policy: policyOf(spec) }
  return [...watchedBackends(snapshot, () => seen)].map(
    ([authority, { everyMs, isNamed }]) => `${isNamed ? authority : `(${authority})`} ${everyMs / 1000}`,
  )
}

const rows: readonly (readonly [what: string, spec: string, expected: readonly string[]])[] = [
  ['nobody, where nothing is said', 'rules: [{ name: a, match: [a.example] }]', []],
  [
    'everybody, where the policy says so: the named and what traffic met',
    'healthCheck: { enabled: true }\nrules: [{ name: a, match: [a.example, "*.corp.example"] }]',
    ['a.example:443 60', 'mail.example:587 60', '(api.example:443) 60', '(a.corp.example:443) 60'],
  ],
  [
    'the named alone, where what is seen is left alone',
    'healthCheck: { enabled: true, every: 5m, seen: false }\nrules: [{ name: a, match: [a.example] }]',
    ['a.example:443 300', 'mail.example:587 300'],
  ],
  [
    'the backends of one rule, which says so by itself and how often',
    'rules:\n  - { name: a, match: [a.example], healthCheck: { every: 10s } }\n  - { name: b, match: [b.example] }',
    ['a.example:443 10'],
  ],
  [
    'as often as the policy says, where the rule does not',
    'healthCheck: { every: 2m }\nrules: [{ name: corp, match: ["*.corp.example"], healthCheck: {} }]',
    ['(a.corp.example:443) 120'],
  ],
  [
    'all but those of a rule that leaves its own alone',
    'healthCheck: { enabled: true }\nrules: [{ name: corp, match: ["*.corp.example"], healthCheck: { enabled: false } }]',
    ['mail.example:587 60', '(api.example:443) 60'],
  ],
  [
    'by its switch, whatever the rule and the policy say: off',
    'healthCheck: { enabled: true, backends: [{ backend: "api.example:443", enabled: false }] }\nrules: [{ name: a, match: [a.example], healthCheck: {} }]',
    ['a.example:443 60', 'mail.example:587 60', '(a.corp.example:443) 60'],
  ],
  [
    'by its switch, whatever the rule and the policy say: on, although nobody met it yet',
    'healthCheck: { backends: [{ backend: "new.example:8443", enabled: true }] }',
    ['new.example:8443 60'],
  ],
  [
    'nobody who is denied or spoken to in plain text',
    'healthCheck: { enabled: true, seen: false }\nrules:\n  - { name: no, match: [mail.example], action: deny }\n  - { name: plain, match: [p.example], plaintext: true }',
    [],
  ],
]

describe('health checks are made of', () => {
  for (const [what, spec, expected] of rows) it(what, () => assert.deepEqual(watched(spec), expected))

  it('backends of a service in the words of their protocol', () => {
    const policy = policyOf('healthCheck: { enabled: true }')
    const found = watchedBackends({ ...makeSnapshot({ settings: { services } }), policy }, () => [])
    assert.equal(found.get('mail.example:587')?.starttls, 'smtp')
  })

  it('nobody, and the history is not asked, where nothing is said', () => {
    const neverAsked = () => assert.fail('it was asked')
    assert.equal(watchedBackends({ ...makeSnapshot(), policy: policyOf('') }, neverAsked).size, 0)
  })
})
