/** What a person names as a destination, and why the rules before the one that holds were passed over. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decideOn, passedOver } from '../../src/policy/decide-on.ts'
import { policyOf } from './policy-text.ts'

const policy = policyOf(`
rules:
  - { name: no-legacy, match: ["legacy.example:80"], action: deny }
  - { name: plain, match: ["plain.example:80"], plaintext: true }
  - { name: lifted, match: [lifted.example], tlsPort: 8443 }
  - { name: mail, match: ["mail.example:993", "*.mail.example:993"] }
  - { name: others, match: ["*.example:443"] }
`)

const rows: readonly (readonly [why: string, text: string, authority: string, rule: string])[] = [
  ['a host goes to TLS', 'a.example', 'a.example:443', 'others'],
  ['a port is kept', 'mail.example:993', 'mail.example:993', 'mail'],
  ['a URL of https goes to its port', 'https://a.example/in?x=1', 'a.example:443', 'others'],
  ['also to one that is named', 'HTTPS://mail.example:993#top', 'mail.example:993', 'mail'],
  ['a URL of http is lifted to TLS', 'http://a.example/in', 'a.example:443', 'others'],
  ['and with port 80 as well', 'http://a.example:80?x=1', 'a.example:443', 'others'],
  ['to the port that its rule names', 'http://lifted.example/', 'lifted.example:8443', 'lifted'],
  ['in any case', 'HTTP://Lifted.Example', 'lifted.example:8443', 'lifted'],
  ['while the port of https stays', 'https://lifted.example/', 'lifted.example:443', 'lifted'],
  ['another port is kept without TLS being asked for', 'http://a.example:8080/', 'a.example:8080', 'unlisted'],
  ['plain text stays where the rule lets it out', 'http://plain.example/', 'plain.example:80', 'plain'],
  ['and nowhere else', 'https://plain.example/', 'plain.example:443', 'others'],
  ['what is lifted is judged as lifted', 'http://legacy.example/', 'legacy.example:443', 'others'],
  ['what asks for the port itself is not', 'legacy.example:80', 'legacy.example:80', 'no-legacy'],
]

describe('a destination as a person names it', () => {
  for (const [why, text, authority, rule] of rows) {
    it(`${text} is ${authority}, rule ${rule}: ${why}`, () => {
      const decision = decideOn(policy, text)
      assert.deepEqual([decision.destination.authority, decision.rule.name], [authority, rule])
    })
  }

  for (const text of ['xhttp://a.example', 'ftp://a.example', 'http://', 'https://me@a.example']) {
    it(`${text} is none`, () => assert.throws(() => decideOn(policy, text), { code: 'CALLER_BAD_TARGET' }))
  }
})

describe('a rule is passed over', () => {
  const whyOf = (rules: string, text: string) => {
    const written = policyOf(`rules: [${rules}]`)
    return passedOver(written, decideOn(written, text))
  }
  const last = '{ name: last, match: ["*.example", example] }'

  it('because it names other hosts', () => {
    assert.deepEqual(whyOf(`{ name: web, match: [web.example, "*.web.example"] }, ${last}`, 'a.example'), [
      { rule: 'web', why: 'names web.example, *.web.example' },
    ])
  })

  it('because it names another port of this host, and its other hosts do not matter then', () => {
    assert.deepEqual(whyOf(`{ name: web, match: [web.example, "a.example:993"] }, ${last}`, 'a.example'), [
      { rule: 'web', why: 'names another port: a.example:993' },
    ])
  })

  it('because it is for callers that a service knows by their certificate', () => {
    const desks =
      '{ name: desks, match: [web.example, a.example], callers: { dns: ["*.desks.example"], uri: ["u:1"] } }'
    assert.deepEqual(whyOf(`${desks}, ${last}`, 'a.example'), [
      { rule: 'desks', why: 'is only for callers named dns:*.desks.example, uri:u:1' },
    ])
    assert.deepEqual(whyOf(`${desks}, ${last}`, 'b.example'), [{ rule: 'desks', why: 'names web.example, a.example' }])
  })

  it('because it names the port that its host is lifted to', () => {
    const lifted = '{ name: lifted, match: [a.example], tlsPort: 8443 }'
    assert.deepEqual(whyOf(`{ name: to, match: ["a.example:8443"] }, ${lifted}`, 'http://a.example'), [
      { rule: 'to', why: 'names another port: a.example:8443' },
    ])
  })

  it('only where it stands before the one that holds', () => {
    const after = '{ name: after, match: [other.example] }'
    assert.deepEqual(whyOf(`${last}, ${after}`, 'a.example'), [])
  })

  it('as all of them are where none holds', () => {
    const names = whyOf('{ name: a, match: [a.example] }, { name: b, match: [b.example] }', 'c.example')
    assert.deepEqual(names, [
      { rule: 'a', why: 'names a.example' },
      { rule: 'b', why: 'names b.example' },
    ])
  })
})
