/** `via`: how an upstream proxy is written, what is refused with a reason, and how rules inherit it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SidecarError } from '../../src/errors.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { formatProblem, type Problem } from '../../src/policy/document/problem.ts'

const policyOf = (spec: string) =>
  parsePolicy(`apiVersion: vedette/v1\nkind: OutgoingTlsPolicy\nmetadata: { name: test }\nspec:\n${spec}`, {
    file: 'p.yaml',
  }).policy

test('a rule goes the way of the policy, its own way, or none', () => {
  const { rules, unlisted } = policyOf(`  via: http://proxy.corp.example:3128
  rules:
    - { name: same, match: [a.test] }
    - { name: own, match: [b.test], via: "socks5://10.0.0.1:1080/" }
    - { name: none, match: [c.test], via: direct }
`)
  const ways = [unlisted, ...rules].map(({ via }) => via && `${via.scheme} ${via.to.authority}`)
  const corp = 'http proxy.corp.example:3128'
  assert.deepEqual(ways, [corp, corp, 'socks5 10.0.0.1:1080', undefined])
})

const bad: [text: string, says: RegExp][] = [
  ['https://proxy.test:443', /expected http:\/\/host:port, socks5:\/\/host:port or direct/],
  ['proxy.test:3128', /expected http:\/\/host:port/],
  ['http://proxy.test', /has no port/],
  ['http://proxy.test:3128/path', /expected http:\/\/host:port/],
  ['http://me:hunter2@proxy.test:3128', /they belong into the file that upstreamCredentials names/],
]
for (const [text, says] of bad) {
  test(`refused at its line: via: ${text}`, () => {
    assert.throws(
      () => policyOf(`  via: "${text}"\n`),
      (error: SidecarError) => {
        const [problem] = error.details.problems as Problem[]
        assert.equal(problem?.line, 5)
        assert.match(formatProblem(problem as Problem), says)
        return true
      },
    )
  })
}
