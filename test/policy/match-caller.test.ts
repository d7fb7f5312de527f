import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decide } from '../../src/policy/decide.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { callerName, matchesCaller } from '../../src/policy/match-caller.ts'
import { parseAuthority } from '../../src/policy/parse-destination.ts'
import { policyOf } from './policy-text.ts'

const rows: [reason: string, meant: string, name: string, matches: boolean][] = [
  ['the very name', 'dns:app.example', 'dns:app.example', true],
  ['another name', 'dns:app.example', 'dns:app.example.org', false],
  ['a name that only ends like an exact one', 'dns:app.example', 'dns:xpp.example', false],
  ['a name of another kind', 'dns:app.example', 'commonName:app.example', false],
  ['a name below', 'dns:*.example', 'dns:a.b.example', true],
  ['the domain itself', 'dns:*.example', 'dns:example', false],
  ['a name that only ends alike', 'dns:*.example', 'dns:badexample', false],
  ['a URI is no host name', 'dns:*.example', 'uri:x.example', false],
  ['a URI in another case', 'uri:spiffe://corp/app', 'uri:spiffe://corp/App', false],
]

describe('a caller by its names', () => {
  for (const [reason, meant, name, matches] of rows) {
    it(`${reason}: ${matches ? 'is meant' : 'is not meant'}`, () => {
      assert.equal(matchesCaller([meant], ['commonName:other', name]), matches)
    })
  }

  it('without a name is nobody', () => assert.equal(matchesCaller(['dns:*.example'], []), false))

  it('is spelled in one way', () => {
    assert.equal(callerName('dns', 'App.Example.'), 'dns:app.example')
    assert.equal(callerName('email', 'Ops@Corp.Example'), 'email:Ops@corp.example')
    assert.equal(callerName('email', '"A@B"@Corp.Example'), 'email:"A@B"@corp.example')
    assert.equal(callerName('commonName', 'App'), 'commonName:App')
  })
})

describe('a rule for some callers', () => {
  it('names them by every kind of name there is', () => {
    const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
    const lists = `{ dns: [A.example.], uri: ["u:1"], ip: ["2001:DB8::1"], email: [me@A.example], commonName: [Desk], spkiSha256: [${key}] }`
    const [rule] = policyOf(`rules: [{ name: desks, match: [host.example], callers: ${lists} }]`).rules
    assert.deepEqual(rule?.callers, [
      'dns:a.example',
      'uri:u:1',
      'ip:2001:db8::1',
      'email:me@a.example',
      'commonName:Desk',
      `spkiSha256:${key}`,
    ])
  })

  const { policy, warnings } = parsePolicy(
    `apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: test }
spec:
  rules:
    - { name: desks, match: [host.example], callers: { uri: ["spiffe://corp/desk"], dns: ["*.desks.example"] } }
    - { name: others, match: [host.example], action: deny }
`,
    { file: 'policy.yaml', nowMs: 0 },
  )
  const ruleFor = (caller?: string[]) => decide(policy, parseAuthority('host.example:23'), caller).rule.name

  it('holds for each of them', () => {
    assert.equal(ruleFor(['uri:spiffe://corp/desk']), 'desks')
    assert.equal(ruleFor(['commonName:x', 'dns:seven.desks.example']), 'desks')
  })

  it('is passed over by others, and by who has no name', () => {
    assert.equal(ruleFor(['uri:spiffe://corp/other']), 'others')
    assert.equal(ruleFor([]), 'others')
    assert.equal(ruleFor(), 'others')
  })

  it('takes nothing from the rules behind it', () => {
    assert.deepEqual(
      warnings.filter(({ message }) => message.includes('never matches')),
      [],
    )
  })
})
