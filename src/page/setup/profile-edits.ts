/** The places to begin from, each as the values it changes; rules, exceptions and comments of the policy stay. */
import type { Edit } from '../draft/policy-spec.ts'
import { toDefault } from '../outgoing-tls/tls-lists.ts'

export interface StartingPoint {
  readonly title: string
  readonly says: string
  readonly edits: readonly Edit[]
}

export const startingPoints: readonly StartingPoint[] = [
  {
    title: 'Recommended',
    says: 'Strict TLS: every backend proves who it is. SNI on, TLS 1.3 and 1.2 with forward secrecy.',
    edits: strict('enforce'),
  },
  {
    title: 'Observe first',
    says: 'The same checks, but nothing is refused: the log tells what would be. Enforce when you have seen enough.',
    edits: strict('report'),
  },
  {
    title: 'Sentry-compatible',
    says: 'As the classic gateway out of the box: strict TLS off, SNI off, TLS 1.2 alone. A place to migrate from.',
    edits: [
      { path: ['spec', 'strictTls', 'enabled'], value: false },
      { path: ['spec', 'sni'], value: false },
      { path: ['spec', 'tunnels'], value: 'verify-only' },
      ...toDefault('sentry-classic'),
      { path: ['spec', 'tls', 'postQuantum'], value: 'off' },
    ],
  },
]

function strict(enforcement: 'enforce' | 'report'): readonly Edit[] {
  return [
    { path: ['spec', 'strictTls', 'enabled'], value: true },
    { path: ['spec', 'strictTls', 'enforcement'], value: enforcement },
    { path: ['spec', 'sni'], value: true },
    { path: ['spec', 'tunnels'] },
    ...toDefault(),
    { path: ['spec', 'tls', 'postQuantum'] },
  ]
}
