/**
 * Goal: a name that a document asks for is verified or sent as a document of ours would take it; one that looks like a
 * name and is none is told, never written and never dropped in silence.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ImportKind } from '../../src/importer/kinds.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { importText } from './import-text.ts'

interface Way {
  readonly kind: ImportKind
  readonly key: 'verifyName' | 'sni'
  readonly write: (name: string) => string
}

const ways: readonly Way[] = [
  {
    kind: 'stunnel',
    key: 'verifyName',
    write: (name) => `client = yes\n[a]\nconnect = a.example:443\nverifyChain = yes\ncheckHost = ${name}\n`,
  },
  { kind: 'stunnel', key: 'sni', write: (name) => `client = yes\n[a]\nconnect = a.example:443\nsni = ${name}\n` },
  {
    kind: 'haproxy',
    key: 'verifyName',
    write: (name) => `backend b\nserver s a.example:443 ssl verify required verifyhost ${name}\n`,
  },
  {
    kind: 'haproxy',
    key: 'sni',
    write: (name) => `backend b\nserver s a.example:443 ssl verify required sni str(${name})\n`,
  },
  {
    kind: 'nginx',
    key: 'verifyName',
    write: (name) => `location / {\nproxy_pass https://a.example;\nproxy_ssl_verify on;\nproxy_ssl_name ${name};\n}\n`,
  },
  { kind: 'postfix', key: 'verifyName', write: (name) => `[a.example]:587 secure match=${name}\n` },
  { kind: 'postfix', key: 'sni', write: (name) => `[a.example]:587 secure servername=${name}\n` },
]

async function ruleOf({ kind, write }: Way, name: string) {
  const { policy, report } = await importText(kind, write(name))
  const [rule] = parsePolicy(policy, { file: kind }).policy.rules
  assert.ok(rule !== undefined)
  return { rule, report }
}

describe('a name in an imported document', () => {
  for (const way of ways) {
    it(`${way.kind}: one that is sound becomes ${way.key}`, async () => {
      const { rule } = await ruleOf(way, 'B.example')
      assert.equal(rule[way.key], 'b.example')
    })

    // The last part of a host name is no number, or a browser would take it for an address.
    for (const name of ['TLSv1.3', 'x-.1', '*.b.example', 'a..b']) {
      it(`${way.kind}: ${name} is none, and told`, async () => {
        const { rule, report } = await ruleOf(way, name)
        assert.equal(rule[way.key], way.key === 'sni' ? true : undefined)
        const named = report.filter(({ text, result }) => text.includes(name) && /changed|ignored/.test(result))
        assert.ok(named.length > 0, JSON.stringify(report))
      })
    }
  }

  it('an address is verified, and never sent', async () => {
    for (const way of ways.filter(({ kind }) => kind !== 'postfix')) {
      const { rule } = await ruleOf(way, '192.0.2.7')
      assert.equal(rule[way.key], way.key === 'sni' ? true : '192.0.2.7', `${way.kind} ${way.key}`)
    }
  })
})
