/** When a verdict ends by itself, which exceptions it rests on, and what of it a log line repeats. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAuthority } from '../../src/policy/parse-destination.ts'
import type { ExceptionRecord, FindingName, Rule } from '../../src/policy/policy.ts'
import { exceptionsUsed, type Finding, reachVerdict, type VerdictInput, verdictEnd } from '../../src/policy/verdict.ts'
import { makeRule } from '../kit/policies.ts'

const now = Date.UTC(2026, 10, 20)
const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='

interface Case {
  readonly why: string
  readonly rule?: Partial<Rule>
  readonly found?: readonly FindingName[]
  /** Each for a.example:443 and `expired`, from today on, but for what it says. */
  readonly exceptions: readonly Partial<ExceptionRecord>[]
}

const ends: readonly (Case & { readonly others: readonly number[]; readonly end: number })[] = [
  {
    why: 'with the first of what it rests on',
    found: [],
    exceptions: [],
    others: [now + 2000, now + 1000, Infinity],
    end: now + 1000,
  },
  { why: 'never where nothing of that ends', found: [], exceptions: [], others: [Infinity], end: Infinity },
  { why: 'with the exception that let it pass', exceptions: [{}], others: [now + 2000], end: now + 1 },
  {
    why: 'with its certificate where the exception holds longer',
    exceptions: [{ untilMs: now + 3000 }],
    others: [now + 2000],
    end: now + 2000,
  },
  {
    why: 'not with an exception that nothing needed',
    found: [],
    exceptions: [{}],
    others: [now + 2000],
    end: now + 2000,
  },
  {
    why: 'not with an exception for another host',
    exceptions: [{ untilMs: now + 3000 }, { host: 'b.example' }],
    others: [],
    end: now + 3000,
  },
  {
    why: 'not with an exception for another port',
    exceptions: [{ untilMs: now + 3000 }, { port: 444 }],
    others: [],
    end: now + 3000,
  },
  {
    why: 'not with what has ended already, and passes for another reason than its date',
    exceptions: [{ untilMs: now + 3000 }],
    others: [now - 1, now],
    end: now + 3000,
  },
]

const used: readonly (Case & { readonly owners: readonly string[] })[] = [
  { why: 'the one that forgives what was found', exceptions: [{ owner: 'a' }], owners: ['a'] },
  { why: 'none that forgives what was not found', found: [], exceptions: [{ owner: 'a' }], owners: [] },
  {
    why: 'the first of two that both fit',
    exceptions: [{ owner: 'a' }, { owner: 'b' }],
    owners: ['a'],
  },
  {
    why: 'one for each finding that needs one',
    found: ['expired', 'name-mismatch'],
    exceptions: [{ owner: 'a', findings: ['name-mismatch'] }, { owner: 'b' }],
    owners: ['b', 'a'],
  },
  {
    why: 'one record once, however much it forgives',
    found: ['expired', 'name-mismatch'],
    exceptions: [{ owner: 'a', findings: ['expired', 'name-mismatch'] }],
    owners: ['a'],
  },
  {
    why: 'the one that holds, behind one that is over',
    exceptions: [{ owner: 'a', untilMs: now }, { owner: 'b' }],
    owners: ['b'],
  },
  {
    why: 'that of the finding it forgives, where report mode lets the rest pass',
    rule: { enforcement: 'report' },
    found: ['expired', 'name-mismatch'],
    exceptions: [{ owner: 'a' }],
    owners: ['a'],
  },
  {
    why: 'none where strict off is the reason, though one would fit',
    rule: { strict: false },
    exceptions: [{ owner: 'a' }],
    owners: [],
  },
  {
    why: 'none for what does not count beside a pin',
    rule: { pins: { mode: 'instead', spkiSha256: [key] } },
    exceptions: [{ owner: 'a' }],
    owners: [],
  },
]

describe('a verdict ends', () => {
  for (const { why, others, end, ...row } of ends) {
    it(why, () => {
      const input = inputOf(row)
      assert.equal(verdictEnd(reachVerdict(input), input, others), end)
    })
  }
})

describe('the exceptions a verdict rests on are', () => {
  for (const { why, owners, ...row } of used) {
    it(why, () => {
      const found = exceptionsUsed(inputOf(row))
      assert.deepEqual(
        found.map(({ owner }) => owner),
        owners,
      )
    })
  }
})

describe('what is only told', () => {
  const aside: Finding = { name: 'revocation-unknown', detail: 'a test', isAside: true }
  const expired: Finding = { name: 'expired', detail: 'a test' }
  const weigh = (findings: readonly Finding[]) => reachVerdict({ ...inputOf({ exceptions: [] }), findings })

  it('is kept and refuses nobody', () => {
    const { outcome, findings, weighed } = weigh([aside])
    assert.deepEqual({ outcome, findings, weighed }, { outcome: 'trusted', findings: [aside], weighed: [] })
  })

  it('stands beside what is weighed, and the log line repeats that alone', () => {
    const { outcome, findings, weighed, blocking } = weigh([aside, expired])
    assert.deepEqual([outcome, findings], ['refused', [aside, expired]])
    assert.deepEqual([weighed, blocking], [[expired], [expired]])
  })

  it('where nothing is, everything is weighed, and nothing more is said', () => {
    assert.ok(!('weighed' in weigh([expired])))
  })
})

function inputOf({ rule, found = ['expired'], exceptions }: Omit<Case, 'why'>): VerdictInput {
  const record = { host: 'a.example', port: 443, owner: 'me', reason: 'a test', untilMs: now + 1 }
  return {
    findings: found.map((name) => ({ name, detail: 'a test' })),
    rule: makeRule(rule),
    exceptions: exceptions.map((extras) => ({ ...record, findings: ['expired'], ...extras })),
    destination: parseAuthority('a.example:443'),
    spkiSha256: key,
    nowMs: now,
  }
}
