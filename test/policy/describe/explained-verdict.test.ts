/**
 * What an explanation says beforehand, held against the verdict that follows, for every combination of what decides it.
 * A sentence counts as said where no `Would hold …` stands before it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decide } from '../../../src/policy/decide.ts'
import { describeRule } from '../../../src/policy/describe/describe-rule.ts'
import { parseAuthority } from '../../../src/policy/parse-destination.ts'
import { type ExceptionRecord, type FindingName, findingNames, type Rule } from '../../../src/policy/policy.ts'
import { type Finding, reachVerdict } from '../../../src/policy/verdict.ts'
import { policyOf } from '../policy-text.ts'

const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
const destination = parseAuthority('a.example:443')
const nowMs = Date.UTC(2026, 10, 30)
const about: readonly FindingName[] = ['protocol-refused', 'cipher-refused', 'group-refused', 'no-certificate']

/** Tells whether a backend of which this alone is found would be refused. */
function refuses(name: FindingName, rule: Rule, exceptions: readonly ExceptionRecord[] = []): boolean {
  const isAside = name === 'revocation-unknown' && rule.revocation.mode === 'soft'
  const finding: Finding = { name, detail: '', ...(isAside ? { isAside: true as const } : {}) }
  const isSought = !/^revo/.test(name) || rule.revocation.mode !== 'off'
  const canMismatch = name !== 'pin-mismatch' || rule.pins !== null
  const circumstances = { rule, exceptions, destination, spkiSha256: undefined, nowMs }
  return isSought && canMismatch && reachVerdict({ findings: [finding], ...circumstances }).outcome === 'refused'
}

interface Claim {
  readonly says: RegExp
  /** What refuses exactly where it is said. */
  readonly refusing: readonly FindingName[]
}

const claims: readonly Claim[] = [
  { says: /^The certificate must chain to/, refusing: ['untrusted-issuer', 'self-signed', 'incomplete-chain'] },
  { says: /^The certificate must .*carry the name/, refusing: ['name-mismatch'] },
  { says: /^The backend must show .*pinned/, refusing: ['pin-mismatch'] },
  { says: /^(Revoked certificates are refused|Every certificate must be known)/, refusing: ['revoked'] },
  { says: /^Every certificate must be known/, refusing: ['revocation-unknown'] },
]

const combinations = [true, false].flatMap((enabled) =>
  ['enforce', 'report'].flatMap((enforcement) =>
    [false, true].flatMap((allowUntrusted) =>
      ['off', 'soft', 'hard'].flatMap((revocation) =>
        ['', 'add', 'instead'].map((pins) => ({ enabled, enforcement, allowUntrusted, revocation, pins })),
      ),
    ),
  ),
)

describe('what is explained is what happens', () => {
  for (const { pins, revocation, ...strictTls } of combinations) {
    const strict = JSON.stringify(strictTls)
    const pinned = pins === '' ? '' : `, pins: { mode: ${pins}, spkiSha256: [${key}] }`
    it(`strictTls ${strict}, revocation ${revocation}, pins ${pins || 'none'}`, () => {
      const spec = `revocation: { mode: "${revocation}" }\nstrictTls: ${strict}\nrules: [{ name: a, match: [a.example]${pinned} }]`
      const { exceptions, decision } = decided(spec)
      const { rule } = decision
      const { sentences, refusedFor } = describeRule(decision, { exceptions, nowMs })
      assert.deepEqual(
        refusedFor,
        findingNames.filter((name) => refuses(name, rule)),
      )
      for (const { says, refusing } of claims) {
        const isSaid = sentences.some((sentence) => says.test(sentence))
        for (const name of refusing) assert.equal(isSaid, refuses(name, rule), `${says}, ${name}: ${sentences[1]}`)
      }
      const first = sentences[1] ?? ''
      const certificate = findingNames.filter((name) => !about.includes(name) && name !== 'pin-mismatch')
      const isCertificateMinded = certificate.some((name) => refuses(name, rule))
      const isAnythingMinded = findingNames.some((name) => refuses(name, rule))
      assert.equal(/^Nothing that is found refuses it/.test(first), !isAnythingMinded, first)
      const isStrictOff = /^Nothing about the certificate( but its key)? refuses it/.test(first)
      if (isStrictOff) assert.ok(isAnythingMinded && !isCertificateMinded, first)
      if (isStrictOff) assert.equal(/but its key/.test(first), refuses('pin-mismatch', rule), first)
      if (isCertificateMinded) assert.doesNotMatch(sentences.join('\n'), /Nothing|Would hold/)
    })
  }

  it('counts an exception in, unless it is bound to a key that only a handshake shows', () => {
    const exception = (bound: string) =>
      decided(
        `exceptions: [{ backend: "a.example:443", findings: [expired], ${bound} until: 2027-01-01, owner: me, reason: x }]`,
      )
    const refusedFor = ({ exceptions, decision }: ReturnType<typeof decided>) =>
      describeRule(decision, { exceptions, nowMs }).refusedFor.includes('expired')
    assert.deepEqual([refusedFor(exception('')), refusedFor(exception(`spkiSha256: ${key},`))], [false, true])
  })
})

function decided(spec: string) {
  const { exceptions, ...policy } = policyOf(spec)
  return { exceptions, decision: decide({ exceptions, ...policy }, destination) }
}
