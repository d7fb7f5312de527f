/** Rehearsals and lists without a running instance: from here, against what the policies name. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it } from 'node:test'
import type { CandidateRehearsal } from '../../src/processes/control/trials/rehearse-candidate.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend } from '../kit/start-backend.ts'
import { makeFolder, policyText, runCli } from './run-cli.ts'

const corp = await makeTrust(['good.localhost'])
const rule = (port: number, more: string) =>
  policyText(`  destinations: { allowAddresses: [127.0.0.0/8] }
  rules:
    - { name: good, match: ["good.localhost:${port}"], ${more} }`)
const loose = 'strictTls: { defaultTrustStore: none, allowUntrusted: true }'
const strict = 'strictTls: { defaultTrustStore: system }'

describe('rehearse without an instance', () => {
  it('holds the candidate against the policy file and exits 10 when it would break a backend', async (t) => {
    const { port } = await startBackend(t, { certificate: corp.leaf })
    const folder = makeFolder(t, { 'now.yaml': rule(port, loose), 'next.yaml': rule(port, strict) })
    const where = ['--state', path.join(folder, 'state'), '--policy', path.join(folder, 'now.yaml')]
    const tighter = await runCli(['rehearse', path.join(folder, 'next.yaml'), ...where, '--json'])
    assert.equal(tighter.status, 10, tighter.stderr)
    assert.match(tighter.stderr, /no instance runs .*: only backends that a policy names are tried/)
    const { backends, counts } = JSON.parse(tighter.stdout) as CandidateRehearsal
    assert.equal(counts.breaks, 1)
    assert.deepEqual([backends[0]?.now?.outcome, backends[0]?.after.outcome], ['allowed', 'refused'])
    const same = await runCli(['rehearse', path.join(folder, 'now.yaml'), ...where])
    assert.equal(same.status, 0)
    assert.match(same.stdout, new RegExp(`unchanged +good\\.localhost:${port} +allowed +allowed +rule good: `))
  })

  it('without a policy file there is nothing to hold it against, and what is refused would break', async (t) => {
    const { port } = await startBackend(t, { certificate: corp.leaf })
    const folder = makeFolder(t, { 'next.yaml': rule(port, strict) })
    const where = ['--state', path.join(folder, 'state'), '--policy', path.join(folder, 'none.yaml')]
    const { status, stdout, stderr } = await runCli(['rehearse', path.join(folder, 'next.yaml'), ...where])
    assert.equal(status, 10)
    assert.match(stderr, /there is nothing to hold it against: .*none\.yaml/)
    assert.match(stdout, new RegExp(`would break +good\\.localhost:${port} +- +refused`))
  })

  it('a candidate that is no policy exits 3 with every problem and dials nobody', async (t) => {
    const folder = makeFolder(t, { 'next.yaml': rule(1, 'nonsense: 1') })
    const { status, stderr } = await runCli(['rehearse', path.join(folder, 'next.yaml'), '--state', folder])
    assert.equal(status, 3)
    assert.match(stderr, /next\.yaml:\d+:\d+ spec\.rules\[0\]\.nonsense/)
  })
})

describe('exceptions without an instance', () => {
  it('are those of the policy, and their uses are not known', async (t) => {
    const text = policyText(
      '  exceptions: [{ backend: "a.example:443", findings: [expired], until: 2020-01-01, owner: me, reason: "old one" }]',
    )
    const folder = makeFolder(t, { 'p.yaml': text })
    const { status, stdout } = await runCli(['exceptions', '--policy', path.join(folder, 'p.yaml')])
    assert.equal(status, 0)
    assert.match(stdout, /^[0-9a-f]{12} {2}a\.example:443 {2}expired +2020-01-01 {2}over +me +\? +- +old one$/m)
  })
})

describe('flags that do not fit', () => {
  const rows: readonly [string, string[], RegExp][] = [
    ['pins of nobody', ['backends', '--pins'], /--pins and --pem need a destination/],
    ['a filter for one', ['backends', 'a.example', '--untrusted'], /choose among all/],
    ['pins and chain at once', ['backends', 'a.example', '--pins', '--pem'], /one at a time/],
    ['days that are none', ['backends', '--ending-within', 'soon'], /--ending-within expects a number from 1 on/],
    ['anyway in spite of nothing', ['apply', '-', '--anyway'], /--anyway needs --rehearse/],
  ]
  for (const [what, argv, said] of rows) {
    it(`${what}: a usage error`, async (t) => {
      const { status, stderr } = await runCli([...argv, '--state', makeFolder(t)], { stdin: 'x' })
      assert.equal(status, 2)
      assert.match(stderr, said)
    })
  }
})
