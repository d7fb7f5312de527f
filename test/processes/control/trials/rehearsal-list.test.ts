import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy } from '../../../../src/policy/policy.ts'
import { rehearsalList } from '../../../../src/processes/control/trials/rehearsal-list.ts'
import { makePolicy, makeRule, pattern } from '../../../kit/policies.ts'

const match = (texts: readonly string[]) => texts.map(pattern)
const authorities = (policies: readonly Policy[], seen: readonly string[] = []) =>
  rehearsalList({ policies, seen }).map(({ authority, configured }) => `${authority}${configured ? '' : ' (seen)'}`)

test('exact hosts of rules are tried at their port, or where their rule lifts to TLS; wildcards name nobody', () => {
  const rules = [
    makeRule({ match: match(['a.example:8443', 'b.example', '*.c.example']) }),
    makeRule({ match: match(['d.example']), tlsPort: 9443 }),
    makeRule({ match: match(['e.example']), action: 'deny' }),
  ]
  assert.deepEqual(authorities([makePolicy({ rules })]), [
    'a.example:8443',
    'b.example:443',
    'd.example:9443',
    'e.example:443',
  ])
})

test('a port that nobody wrote is left out where the host is known on another one', () => {
  const bare = makeRule({ match: match(['a.example']) })
  const policy = makePolicy({ rules: [bare] })
  assert.deepEqual(authorities([policy], ['a.example:9444']), ['a.example:9444 (seen)'])
  assert.deepEqual(authorities([policy], ['a.example:9444', 'a.example:443']), [
    'a.example:443',
    'a.example:9444 (seen)',
  ])
  assert.deepEqual(authorities([policy], ['aa.example:9444']), ['a.example:443', 'aa.example:9444 (seen)'])
  const both = makePolicy({ rules: [makeRule({ match: match(['a.example:636']) }), bare] })
  assert.deepEqual(authorities([both]), ['a.example:636'])
  const lifted = makePolicy({ rules: [makeRule({ match: match(['a.example']), tlsPort: 9443 })] })
  assert.deepEqual(authorities([lifted], ['a.example:9444']), ['a.example:9443', 'a.example:9444 (seen)'])
})

test('tests and exceptions are tried too, IPv6 in brackets', () => {
  const policy: Policy = {
    ...makePolicy(),
    tests: [{ destination: 't.example:443', expect: 'trusted' }],
    exceptions: [{ host: '2001:db8::1', port: 993, findings: ['expired'], untilMs: 0, owner: 'o', reason: 'r' }],
  }
  assert.deepEqual(authorities([policy]), ['t.example:443', '[2001:db8::1]:993'])
})

test('what both policies name or traffic has met as well is tried once; what only traffic met comes last', () => {
  const policy = makePolicy({ rules: [makeRule({ match: match(['a.example']) })] })
  assert.deepEqual(authorities([policy, policy], ['x.c.example:443', 'a.example:443']), [
    'a.example:443',
    'x.c.example:443 (seen)',
  ])
})

test('backends of services are tried as their service reaches them, with what TLS is asked for in', () => {
  const services = [
    { connect: [{ scheme: 'tls', authority: 'mail.example:587' }], starttls: 'smtp' },
    { connect: [{ scheme: 'tls', authority: 'ldap.example:636' }] },
  ] as const
  const policy = makePolicy({ rules: [makeRule({ match: match(['mail.example:587']) })] })
  assert.deepEqual(rehearsalList({ policies: [policy], services, seen: ['ldap.example:636'] }), [
    { authority: 'mail.example:587', configured: true, starttls: 'smtp' },
    { authority: 'ldap.example:636', configured: true },
  ])
})
