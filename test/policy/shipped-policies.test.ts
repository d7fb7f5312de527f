import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { policyJsonSchema } from '../../src/policy/document/json-schema.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { formatProblem } from '../../src/policy/document/problem.ts'
import type { Policy, Rule } from '../../src/policy/policy.ts'

const folder = new URL('../../policies/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
const textOf = (name: string) => readFileSync(new URL(name, folder), 'utf8')

interface Shipped {
  readonly means: Partial<Omit<Rule, 'tls'>> & { readonly tls?: Partial<Rule['tls']> }
  readonly warnings: number
}

const shipped: Readonly<Record<string, Shipped>> = {
  'default.yaml': {
    means: { strict: true, enforcement: 'enforce', sni: true, trustStores: ['bundled'], tls: { profile: '2026-11' } },
    warnings: 0,
  },
  'observe-first.yaml': { means: { strict: true, enforcement: 'report' }, warnings: 1 },
  'sentry-classic.yaml': {
    means: { strict: false, sni: false, tls: { protocols: ['TLSv1.2'], postQuantum: 'off' } },
    warnings: 3,
  },
  'mozilla-intermediate.yaml': {
    means: { strict: true, tls: { protocols: ['TLSv1.2', 'TLSv1.3'], groups: 'X25519MLKEM768:*X25519:P-256:P-384' } },
    warnings: 0,
  },
  'mozilla-old.yaml': { means: { strict: true, tls: { protocols: ['TLSv1.2', 'TLSv1.3'] } }, warnings: 4 },
  'fips.yaml': {
    means: { strict: true, tls: { protocols: ['TLSv1.2', 'TLSv1.3'], profile: 'fips-approved' } },
    warnings: 0,
  },
  'mozilla-modern.yaml': { means: { strict: true, tls: { protocols: ['TLSv1.3'] } }, warnings: 0 },
  'stig-tls12.yaml': {
    means: { strict: true, enforcement: 'enforce', allowUntrusted: false, tls: { protocols: ['TLSv1.2'] } },
    warnings: 0,
  },
}

describe('the shipped policies', () => {
  it('are those the documentation names', () => assert.deepEqual(files, Object.keys(shipped).toSorted()))

  for (const [name, { means, warnings }] of Object.entries(shipped)) {
    const { policy, warnings: found } = parsePolicy(textOf(name), { file: name })

    it(`${name} mean what they are shipped for, and warn of no more than they must`, () => {
      assert.equal(policy.name, name.replace('.yaml', ''))
      const { tls, ...rest } = means
      assert.deepEqual({ ...policy.unlisted, ...rest }, policy.unlisted)
      assert.deepEqual({ ...policy.unlisted.tls, ...tls }, policy.unlisted.tls)
      assert.equal(found.length, warnings, found.map(formatProblem).join('\n'))
    })

    it(`${name} begin with the schema for editors`, () => {
      assert.equal(textOf(name).split('\n')[0], '# yaml-language-server: $schema=policy.schema.json')
    })

    it(`${name} teach: at least a line of comment for every four of content`, () => {
      const lines = textOf(name)
        .split('\n')
        .filter((line) => line.trim() !== '')
      const comments = lines.filter((line) => line.includes('#')).length
      assert.ok(comments * 4 >= lines.length - comments)
    })
  }

  it('write out what is the default anyway: default.yaml means the same as a policy that says nothing', () => {
    const nothing = 'apiVersion: vedette/v1\nkind: OutgoingTlsPolicy\nmetadata: { name: default }\nspec: {}\n'
    const comparable = ({ comment, ...policy }: Policy) => policy
    assert.deepEqual(
      comparable(parsePolicy(textOf('default.yaml'), { file: 'default.yaml' }).policy),
      comparable(parsePolicy(nothing, { file: 'nothing' }).policy),
    )
  })
})

describe('the JSON Schema', () => {
  const schema = JSON.parse(readFileSync(new URL('policy.schema.json', folder), 'utf8'))

  it('in policies/ is fresh (else run test/kit/generate-policy-schema.ts)', () => {
    assert.deepEqual(schema, JSON.parse(JSON.stringify(policyJsonSchema())))
  })

  it('refuses unknown keys, knows the choices and explains itself', () => {
    const { spec } = schema.properties
    assert.equal(spec.additionalProperties, false)
    assert.deepEqual(spec.properties.tls.properties.protocols.items.enum, ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'])
    assert.match(spec.properties.rules.items.properties.match.description, /one or more labels/)
    assert.equal(spec.properties.strictTls.properties.enabled.default, true)
  })
})
