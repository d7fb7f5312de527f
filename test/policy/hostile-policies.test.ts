/**
 * Goal: no damage to a policy file, by accident or on purpose, may crash the reader or leave a policy that lets more
 * through than was written. Method: every byte of a real policy is flipped, cut or repeated, and what still parses must
 * say what the text says.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SidecarError } from '../../src/errors.ts'
import { type ParsedPolicy, parsePolicy } from '../../src/policy/document/parse-policy.ts'
import type { Policy } from '../../src/policy/policy.ts'

const strict = `apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: strict }
spec:
  strictTls: { enabled: true, enforcement: enforce, allowUntrusted: false }
  destinations: { unlisted: deny, denyAddresses: default }
  rules:
    - { name: a, match: ["a.example:443"], action: allow, trustStores: [corp] }
    - { name: b, match: ["*.b.example"], action: deny }
`
const shipped = readFileSync(new URL('../../policies/default.yaml', import.meta.url), 'utf8')

/** Parses, or is told what is wrong; anything else is a crash. */
function tryParse(text: string): ParsedPolicy | undefined {
  try {
    return parsePolicy(text, { file: 'p.yaml' })
  } catch (error) {
    assert.ok(error instanceof SidecarError && error.code === 'OPERATOR_BAD_DOCUMENT', String(error))
    return undefined
  }
}

/** What a damaged policy may never come to mean unless its text says so in as many words. */
function widened(policy: Policy, text: string): string[] {
  const says = (words: RegExp) => words.test(text)
  const rules = [policy.unlisted, ...policy.rules]
  return [
    ...(rules.some(({ strict }) => !strict) && !says(/enabled: *false/) ? ['strict off'] : []),
    ...(rules.some(({ enforcement }) => enforcement === 'report') && !says(/report/) ? ['report'] : []),
    ...(rules.some(({ allowUntrusted }) => allowUntrusted) && !says(/allowUntrusted: *true/) ? ['allow-and-log'] : []),
    ...(rules.some(({ plaintext }) => plaintext) && !says(/plaintext: *true/) ? ['plain text'] : []),
    ...(rules.some(({ tls }) => tls.ciphers.length === 0 || tls.securityLevel < 2) ? ['weak TLS'] : []),
  ]
}

describe('a damaged policy', () => {
  // All eight bits of every byte take 20 s and find no more than these.
  const flips = [
    { name: 'strict', text: strict, bits: (at: number) => [at % 8, 5] },
    { name: 'shipped', text: shipped, bits: (at: number) => (at % 4 === 0 ? [(at / 4) % 8] : []) },
  ]
  for (const { name, text, bits } of flips) {
    it(`(${name}) with a single bit flipped is refused or says what its text says`, () => {
      const bytes = Buffer.from(text)
      for (const [at, byte] of bytes.entries()) {
        for (const bit of bits(at)) {
          const damaged = Buffer.from(bytes)
          damaged.writeUInt8(byte ^ (1 << bit), at)
          const parsed = tryParse(damaged.toString())
          if (parsed) assert.deepEqual(widened(parsed.policy, damaged.toString()), [], damaged.toString())
        }
      }
    })
  }

  it('that lost its end is refused, or lost whole rules only', () => {
    for (let length = 0; length < strict.length; length++) {
      const text = strict.slice(0, length)
      const parsed = tryParse(text)
      if (parsed === undefined) continue
      assert.deepEqual(widened(parsed.policy, text), [], text)
      const keepsDenying = parsed.policy.unlisted.action === 'deny' || !/unlisted: deny/.test(text)
      assert.ok(keepsDenying, text)
    }
  })

  it('is refused when it is empty, blank, or another document', () => {
    for (const text of [
      '',
      '\n',
      '# policy',
      '---',
      'null',
      '{}',
      '[]',
      'spec: {}',
      'apiVersion: vedette/v1\nkind: Settings',
    ]) {
      assert.equal(tryParse(text), undefined, text)
    }
  })

  it('of any mutation never crashes the reader', () => {
    const lines = strict.split('\n')
    const mutation = fc.oneof(
      fc.record({ kind: fc.constant('drop' as const), at: fc.nat(lines.length - 1) }),
      fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(lines.length - 1) }),
      fc.record({
        kind: fc.constant('insert' as const),
        at: fc.nat(strict.length),
        text: fc.constantFrom(
          '__proto__: {x: 1}\n',
          '!!js/function ',
          '&a ',
          '*a',
          '<<: ',
          '\0',
          '[',
          '{',
          '"',
          ': ',
          '- ',
          '\t',
          '?',
        ),
      }),
    )
    const property = fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      const text = mutations.reduce((current, change) => {
        if (change.kind === 'insert') return current.slice(0, change.at) + change.text + current.slice(change.at)
        const rows = current.split('\n')
        rows.splice(change.at, 1, ...(change.kind === 'drop' ? [] : [rows[change.at] ?? '', rows[change.at] ?? '']))
        return rows.join('\n')
      }, strict)
      const parsed = tryParse(text)
      if (parsed) assert.deepEqual(widened(parsed.policy, text), [], text)
    })
    fc.assert(property, { numRuns: 300 })
    assert.equal(({} as { x?: number }).x, undefined)
  })

  it('made of any values in any places never crashes the reader', () => {
    const head = { apiVersion: 'vedette/v1', kind: 'OutgoingTlsPolicy', metadata: { name: 'x' } }
    const keys = ['strictTls', 'sni', 'tls', 'revocation', 'destinations', 'rules', 'exceptions', 'tests', '__proto__']
    const inner = ['name', 'match', 'tls', 'pins', 'ciphers', 'protocols', 'configuration', 'unlisted', 'denyAddresses']
    const leaf = fc.oneof(
      fc.constantFrom('custom', 'deny', 'default', 'TLSv1.3', 'a.example', 'AES128-SHA'),
      fc.jsonValue(),
    )
    const branch = fc.dictionary(fc.constantFrom(...inner), fc.oneof(leaf, fc.array(leaf)))
    const spec = fc.dictionary(fc.constantFrom(...keys), fc.oneof(leaf, branch, fc.array(branch)))
    fc.assert(
      fc.property(spec, (value) => void tryParse(JSON.stringify({ ...head, spec: value }))),
      { numRuns: 300 },
    )
  })
})
