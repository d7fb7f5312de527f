/** Revocation that refuses nobody is warned of, at the mode (`▸`), and twins that refuse somebody are silent about it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { marked, problemsOf } from '../policy-text.ts'

const pins = 'spkiSha256: [AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=, BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=]'
const off = 'refuses nobody while strict TLS is off: what it finds is only logged'
const rules = (...extras: readonly string[]) =>
  `rules:\n${extras.map((extra, index) => `  - { name: r${index}, match: [r${index}.example], ${extra} }`).join('\n')}`

const cases: readonly (readonly [why: string, spec: string, ...warnings: string[]])[] = [
  [
    'hard for all while strict is off for all',
    'strictTls: { enabled: false }\nrevocation: { mode: ▸hard }',
    `spec.revocation.mode: ${off}`,
  ],
  [
    'in rules that verify nothing by the word of the policy, whichever mode',
    `strictTls: { enabled: false }\n${rules('revocation: { mode: ▸hard }', 'revocation: { mode: ▸soft }')}`,
    `spec.rules[0].revocation.mode: ${off}`,
    `spec.rules[1].revocation.mode: ${off}`,
  ],
  [
    'in a rule that verifies nothing by its own word',
    rules('strictTls: { enabled: false }, revocation: { mode: ▸hard }'),
    `spec.rules[0].revocation.mode: ${off}`,
  ],
  [
    'beside pins that stand instead of the certificate',
    rules(`pins: { mode: instead, ${pins} }, revocation: { mode: ▸hard }`),
    'spec.rules[0].revocation.mode: refuses nobody: the pins stand instead of the certificate',
  ],
  ['not beside added pins', rules(`pins: { ${pins} }, revocation: { mode: hard }`)],
  ['not while strict is on', `revocation: { mode: hard }\n${rules('revocation: { mode: soft }')}`],
  ['not of the default, which nobody wrote', 'strictTls: { enabled: false }'],
  ['not of off', `strictTls: { enabled: false }\n${rules('revocation: { mode: "off" }')}`],
  [
    'not where a strict rule takes it over',
    `strictTls: { enabled: false }\nrevocation: { mode: hard }\n${rules('strictTls: { enabled: true }')}`,
  ],
  [
    'nor where a rule is strict of its own',
    `strictTls: { enabled: false }\n${rules('strictTls: { enabled: true }, revocation: { mode: hard }')}`,
  ],
  [
    'in a rule that denies it is told once, as all of it',
    `strictTls: { enabled: false }\n${rules('action: deny, revocation: ▸{ mode: hard }')}`,
    'spec.rules[0].revocation: has no effect: the rule denies',
  ],
]

describe('revocation that refuses nobody', () => {
  for (const [why, text, ...warnings] of cases) {
    it(why, () => {
      const { spec, lines } = marked(text, warnings)
      const told = problemsOf(spec).filter((line) => line.includes('revocation'))
      assert.deepEqual(
        told,
        lines.map((line) => line.replace(': ', ': warning: ')),
      )
    })
  }
})
