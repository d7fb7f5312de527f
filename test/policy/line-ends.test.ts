/**
 * Goal: no text of a policy puts a line of its own into what we send. Method: every text that goes over the wire, with
 * each character that ends a line, or becomes one in latin1; it is refused, or what is left of it is harmless.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SidecarError } from '../../src/errors.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import type { Rule } from '../../src/policy/policy.ts'

const head = 'apiVersion: vedette/v1\nkind: OutgoingTlsPolicy\nmetadata: { name: x }\nspec:\n'

/** Gives what the rule says of it, or undefined when it was refused. */
function taken(fields: Readonly<Record<string, unknown>>): Rule | undefined {
  const rule = { name: 'r', match: ['a.example'], ...fields }
  try {
    return parsePolicy(`${head}  rules: [${JSON.stringify(rule)}]\n`, { file: 'p.yaml' }).policy.rules[0]
  } catch (error) {
    assert.ok(error instanceof SidecarError && error.code === 'OPERATOR_BAD_DOCUMENT', String(error))
    return undefined
  }
}

const sent: [field: string, of: (text: string) => unknown][] = [
  ['match', (text) => [text]],
  ['match', (text) => [`${text}:443`]],
  ['match', (text) => [`*.${text}`]],
  ['verifyName', (text) => text],
  ['sni', (text) => text],
  ['via', (text) => `http://${text}:3128`],
  ['via', (text) => `socks5://${text}:1080`],
]
const breaks = [
  '\r\nX: y',
  '\n',
  '\r',
  '\0',
  '\u010a',
  '\u010d',
  '\u560a',
  '\u0085',
  '\u2028',
  '%0d%0a',
  '\t',
  ' ',
  '\u007f',
]

for (const [field, of] of sent) {
  test(`no line end gets into ${field} as ${JSON.stringify(of('…'))}`, () => {
    assert.ok(taken({ [field]: of('b.example') }), 'the twin without one is taken')
    for (const text of breaks) {
      for (const name of [`b${text}.example`, `b.example${text}`]) {
        const rule = taken({ [field]: of(name) })
        const { match, verifyName, sni, via } = rule ?? {}
        assert.match(
          JSON.stringify([match?.map(({ host }) => host), verifyName, sni, via]),
          /^[!#-$&-~"]*$/,
          JSON.stringify(name),
        )
        assert.ok(rule === undefined || !/[\r\n\0\t ]/.test(text), JSON.stringify(name))
      }
    }
  })
}
