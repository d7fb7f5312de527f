import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeConnection } from '../../src/admin/traffic/describe-connection.ts'
import { parseFilter } from '../../src/admin/traffic/parse-filter.ts'
import { emptyAccessRecord } from '../../src/observe/access-record.ts'

const nowMs = 10 * 3_600_000
const connection = describeConnection(
  Object.assign(emptyAccessRecord(), {
    ...{ timeMs: nowMs - 60_000, host: 'mail.corp.example', port: 443, rule: 'mail', decision: 'deny', status: 403 },
    ...{
      findings: [{ name: 'expired', detail: 'x' }],
      error: 'POLICY_VERDICT_REFUSED',
      ...{ caller: '127.0.0.1', callerPort: 50_000 },
      version: 3,
    },
  }),
)

describe('a filter finds', () => {
  const rows: [filter: string, matches: boolean][] = [
    ['', true],
    ['decision:deny', true],
    ['decision:allow', false],
    ['DECISION:deny host:MAIL.corp.example'.replace('DECISION', 'decision'), true],
    ['host:*.corp.example', true],
    ['host:mail.*', true],
    ['host:*.corp.*', true],
    ['host:m*l.c*p.example', true],
    ['host:corp.example', false],
    ['host:*.example.corp', false],
    ['host:mail.corp.example*mail.corp.example', false],
    ['reason:expired', true],
    ['reason:POLICY_VERDICT_REFUSED', true],
    ['reason:revoked', false],
    ['since:2m', true],
    ['since:30s', false],
    ['status:403 rule:mail version:3', true],
    ['status:403 rule:web', false],
    ['-decision:allow', true],
    ['-decision:deny', false],
    ['corp', true],
    ['mail.corp.example:443', true],
    ['elsewhere', false],
    ['caller:127.0.0.1', true],
    ['caller:127.0.0.1:50000', true],
    ['caller:127.0.0.2', false],
    ['decision:*', true],
    ['decision:allow*', false],
    ['verdict:refused', false],
    ['port:44*', true],
  ]
  for (const [filter, matches] of rows) {
    it(`${matches ? 'with' : 'nothing with'} ${JSON.stringify(filter)}`, () =>
      assert.equal(parseFilter(filter, nowMs)(connection), matches))
  }
})

describe('a filter with a word that is none is refused', () => {
  for (const filter of [
    'colour:blue',
    'since:tomorrow',
    'since:1y',
    '-colour:blue',
    'decision:nonsense',
    'verdict:xyz',
    'port:https',
    'status:bad',
    '-decision:no*',
  ]) {
    it(filter, () => assert.throws(() => parseFilter(filter, nowMs), { code: 'OPERATOR_BAD_REQUEST' }))
  }
  it('a pattern of many stars costs no time', () => {
    const startedMs = performance.now()
    parseFilter(`host:${'*a'.repeat(200)}b`, nowMs)(connection)
    assert.ok(performance.now() - startedMs < 50)
  })
})
