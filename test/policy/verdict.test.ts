/** The weighing of findings, row by row. `-` stands for no finding; letters and words as in the table's head. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseAuthority } from '../../src/policy/parse-destination.ts'
import {
  type ExceptionRecord,
  type FindingName,
  findingNames,
  type Rule,
  trustFindings,
} from '../../src/policy/policy.ts'
import { type Finding, type Forgiveness, reachVerdict, type Verdict } from '../../src/policy/verdict.ts'
import { policyOf } from './policy-text.ts'

const today = Date.UTC(2026, 10, 20)
const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
const otherKey = 'BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
const { unlisted } = policyOf('')

interface Case {
  readonly why: string
  readonly rule?: Partial<Rule>
  readonly exceptions?: readonly Partial<ExceptionRecord>[]
  readonly found: readonly FindingName[]
  readonly spki?: string | undefined
  readonly outcome: Verdict['outcome']
  /** Left out: all that was found, or nothing when the outcome is trusted. */
  readonly blocking?: readonly FindingName[]
  readonly because?: readonly Forgiveness[]
  readonly wouldRefuse?: true
}

const report: Partial<Rule> = { enforcement: 'report' }
const strictOff: Partial<Rule> = { strict: false }
const untrusted: Partial<Rule> = { allowUntrusted: true }
const pinned: Partial<Rule> = { pins: { mode: 'instead', spkiSha256: [key] } }

const cases: readonly Case[] = [
  { why: 'nothing found', found: [], outcome: 'trusted' },
  { why: 'nothing found with strict off', rule: strictOff, found: [], outcome: 'trusted' },
  { why: 'nothing found in report mode', rule: report, found: [], outcome: 'trusted' },

  { why: 'one finding', found: ['expired'], outcome: 'refused' },
  { why: 'several findings, all told', found: ['self-signed', 'expired', 'name-mismatch'], outcome: 'refused' },

  {
    why: 'report refuses nothing and tells what it would',
    rule: report,
    found: ['expired', 'name-mismatch'],
    outcome: 'allowed',
    because: ['report'],
    wouldRefuse: true,
  },
  {
    why: 'report lets pass even what strict is not about',
    rule: report,
    found: ['protocol-refused', 'pin-mismatch', 'no-certificate'],
    outcome: 'allowed',
    because: ['report'],
    wouldRefuse: true,
  },

  {
    why: 'strict off lets the certificate pass, whatever is wrong with it',
    rule: strictOff,
    found: ['self-signed', 'expired', 'name-mismatch', 'weak-key', 'weak-signature', 'wrong-purpose', 'revoked'],
    outcome: 'allowed',
    because: ['strict-off'],
    wouldRefuse: true,
  },
  {
    why: 'strict off does not excuse a refused protocol',
    rule: strictOff,
    found: ['self-signed', 'protocol-refused'],
    outcome: 'refused',
    blocking: ['protocol-refused'],
  },
  {
    why: 'strict off in report mode: each finding with its own reason',
    rule: { ...strictOff, ...report },
    found: ['self-signed', 'pin-mismatch'],
    outcome: 'allowed',
    because: ['strict-off', 'report'],
    wouldRefuse: true,
  },
  {
    why: 'strict off is the reason though allow-and-log would fit, and strict would let it pass',
    rule: { ...strictOff, ...untrusted },
    found: ['self-signed'],
    outcome: 'allowed',
    because: ['strict-off'],
  },
  {
    why: 'strict off with allow-and-log: strict would still refuse the wrong name',
    rule: { ...strictOff, ...untrusted },
    found: ['self-signed', 'name-mismatch'],
    outcome: 'allowed',
    because: ['strict-off'],
    wouldRefuse: true,
  },

  {
    why: 'allow-and-log forgives all three trust findings',
    rule: untrusted,
    found: ['untrusted-issuer', 'self-signed', 'incomplete-chain'],
    outcome: 'allowed',
    because: ['allow-untrusted'],
  },
  {
    why: 'allow-and-log never forgives a wrong name',
    rule: untrusted,
    found: ['untrusted-issuer', 'name-mismatch'],
    outcome: 'refused',
    blocking: ['name-mismatch'],
  },
  {
    why: 'allow-and-log never forgives dates',
    rule: untrusted,
    found: ['self-signed', 'expired'],
    outcome: 'refused',
    blocking: ['expired'],
  },
  {
    why: 'allow-and-log in report mode: the rest is reported',
    rule: { ...untrusted, ...report },
    found: ['self-signed', 'expired'],
    outcome: 'allowed',
    because: ['allow-untrusted', 'report'],
    wouldRefuse: true,
  },

  {
    why: 'an exception forgives its finding',
    exceptions: [{}],
    found: ['expired'],
    outcome: 'allowed',
    because: ['exception'],
  },
  { why: 'an exception for another host', exceptions: [{ host: 'b.example' }], found: ['expired'], outcome: 'refused' },
  { why: 'an exception for another port', exceptions: [{ port: 444 }], found: ['expired'], outcome: 'refused' },
  {
    why: 'an exception for another finding',
    exceptions: [{ findings: ['revoked'] }],
    found: ['expired'],
    outcome: 'refused',
  },
  {
    why: 'an exception in its last millisecond',
    exceptions: [{ untilMs: today + 1 }],
    found: ['expired'],
    outcome: 'allowed',
    because: ['exception'],
  },
  { why: 'an exception that has just ended', exceptions: [{ untilMs: today }], found: ['expired'], outcome: 'refused' },
  {
    why: 'an exception for the key the backend shows',
    exceptions: [{ spkiSha256: key }],
    found: ['expired'],
    outcome: 'allowed',
    because: ['exception'],
  },
  {
    why: 'an exception for another key',
    exceptions: [{ spkiSha256: key }],
    spki: otherKey,
    found: ['expired'],
    outcome: 'refused',
  },
  {
    why: 'an exception for a key when none was shown',
    exceptions: [{ spkiSha256: key, findings: ['no-certificate'] }],
    spki: undefined,
    found: ['no-certificate'],
    outcome: 'refused',
  },
  {
    why: 'an exception that forgives only some',
    exceptions: [{}],
    found: ['expired', 'name-mismatch'],
    outcome: 'refused',
    blocking: ['name-mismatch'],
  },
  {
    why: 'two exceptions together',
    exceptions: [{}, { findings: ['name-mismatch'] }],
    found: ['expired', 'name-mismatch'],
    outcome: 'allowed',
    because: ['exception'],
  },
  {
    why: 'an exception and allow-and-log together',
    rule: untrusted,
    exceptions: [{}],
    found: ['self-signed', 'expired'],
    outcome: 'allowed',
    because: ['allow-untrusted', 'exception'],
  },
  {
    why: 'the exception is the reason where both fit, being the narrower',
    rule: untrusted,
    exceptions: [{ findings: ['self-signed'] }],
    found: ['self-signed'],
    outcome: 'allowed',
    because: ['exception'],
  },
  {
    why: 'an exception in report mode is no mere report',
    rule: report,
    exceptions: [{}],
    found: ['expired'],
    outcome: 'allowed',
    because: ['exception'],
  },

  { why: 'a pin beside the chain that does not fit', found: ['pin-mismatch'], outcome: 'refused' },
  {
    why: 'a pin beside the chain does not fit with strict off either',
    rule: strictOff,
    found: ['pin-mismatch'],
    outcome: 'refused',
  },
  {
    why: 'a pin instead of the chain: the certificate does not count',
    rule: pinned,
    found: ['self-signed', 'expired', 'name-mismatch'],
    outcome: 'trusted',
  },
  {
    why: 'a pin instead of the chain that does not fit',
    rule: pinned,
    found: ['self-signed', 'pin-mismatch'],
    outcome: 'refused',
    blocking: ['pin-mismatch'],
  },
  {
    why: 'a pin instead of the chain does not excuse the handshake',
    rule: pinned,
    found: ['self-signed', 'cipher-refused', 'group-refused'],
    outcome: 'refused',
    blocking: ['cipher-refused', 'group-refused'],
  },
  {
    why: 'a pin instead of the chain is not softened by allow-and-log',
    rule: { ...pinned, ...untrusted },
    found: ['self-signed', 'pin-mismatch'],
    outcome: 'refused',
    blocking: ['pin-mismatch'],
  },
  {
    why: 'a pin beside the chain leaves the chain counting',
    rule: { pins: { mode: 'add', spkiSha256: [key] } },
    found: ['self-signed'],
    outcome: 'refused',
  },
]

describe('a verdict', () => {
  for (const row of cases) {
    const { why, found, outcome, because = [], wouldRefuse = false } = row
    it(`is ${outcome}${because.map((reason) => `, ${reason}`).join('')}: ${why}`, () => {
      const findings = found.map(finding)
      const verdict = weigh(row, findings)
      assert.equal(verdict.outcome, outcome)
      assert.deepEqual(verdict.findings, findings, 'everything found is kept')
      const blocking = row.blocking ?? (outcome === 'trusted' ? [] : found)
      assert.deepEqual(
        verdict.blocking.map(({ name }) => name),
        blocking,
      )
      assert.deepEqual(verdict.because.toSorted(), because.toSorted())
      assert.equal(verdict.wouldRefuse, wouldRefuse)
    })
  }

  it('refuses each finding alone under a strict and enforcing rule', () => {
    for (const name of findingNames) assert.equal(weigh({}, [finding(name)]).outcome, 'refused', name)
  })

  it('under allow-and-log forgives alone exactly the trust findings', () => {
    const forgiven = findingNames.filter((name) => weigh({ rule: untrusted }, [finding(name)]).outcome === 'allowed')
    assert.deepEqual(forgiven, trustFindings)
  })

  it('with strict off refuses alone exactly what is about the handshake and the pins', () => {
    const refused = findingNames.filter((name) => weigh({ rule: strictOff }, [finding(name)]).outcome === 'refused')
    assert.deepEqual(refused, ['pin-mismatch', 'no-certificate', 'protocol-refused', 'cipher-refused', 'group-refused'])
  })
})

describe('any verdict', () => {
  const anyRule = fc.record({
    strict: fc.boolean(),
    enforcement: fc.constantFrom('enforce' as const, 'report' as const),
    allowUntrusted: fc.boolean(),
    pins: fc.constantFrom(null, { mode: 'add' as const, spkiSha256: [key] }, pinned.pins ?? null),
  })
  const anyFindings = fc.subarray([...findingNames])
  const anyExceptions = fc.array(fc.record({ findings: anyFindings, port: fc.constantFrom(443, 444) }), {
    maxLength: 2,
  })

  it('says why it allows, names what it refuses, and refuses nothing in report mode', () => {
    const property = fc.property(anyRule, anyExceptions, anyFindings, (rule, exceptions, found) => {
      const verdict = weigh({ rule, exceptions }, found.map(finding))
      assert.equal(verdict.because.length > 0, verdict.outcome === 'allowed')
      assert.equal(verdict.blocking.length > 0, verdict.outcome !== 'trusted')
      assert.ok(!verdict.wouldRefuse || verdict.outcome === 'allowed')
      if (rule.enforcement === 'report') assert.notEqual(verdict.outcome, 'refused')
    })
    fc.assert(property, { numRuns: 1000 })
  })

  it('that would refuse is refused by the same rule made strict and enforcing, and no other allowed one is', () => {
    const property = fc.property(anyRule, anyExceptions, anyFindings, (rule, exceptions, found) => {
      const { outcome, wouldRefuse } = weigh({ rule, exceptions }, found.map(finding))
      const strict = weigh({ rule: { ...rule, strict: true, enforcement: 'enforce' }, exceptions }, found.map(finding))
      assert.equal(strict.outcome === 'refused', outcome === 'refused' || wouldRefuse)
    })
    fc.assert(property, { numRuns: 1000 })
  })
})

function finding(name: FindingName): Finding {
  return { name, detail: `a test of ${name}` }
}

function weigh({ rule, exceptions = [], ...row }: Partial<Case>, findings: readonly Finding[]): Verdict {
  const record = { host: 'a.example', port: 443, findings: ['expired'], owner: 'me', reason: 'a test' } as const
  return reachVerdict({
    findings,
    rule: { ...unlisted, ...rule },
    exceptions: exceptions.map((extras) => ({ ...record, untilMs: today + 86_400_000, ...extras })),
    destination: parseAuthority('a.example:443'),
    spkiSha256: 'spki' in row ? row.spki : key,
    nowMs: today,
  })
}
