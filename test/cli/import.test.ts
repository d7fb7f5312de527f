import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { kindNames } from '../../src/importer/kinds.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { makeFolder, runCli } from './run-cli.ts'

const conf = 'client = yes\n[mail]\nconnect = mail.example:993\nverifyChain = yes\ncheckHost = mail.example\n'

describe('import', () => {
  it('prints the policy on stdout and the report on stderr', async (t) => {
    const file = path.join(makeFolder(t, { 'stunnel.conf': conf }), 'stunnel.conf')
    const { status, stdout, stderr } = await runCli(['import', 'stunnel', file])
    assert.equal(status, 0)
    assert.equal(parsePolicy(stdout, { file: 'stdout' }).policy.rules[0]?.match[0]?.text, 'mail.example:993')
    assert.match(stderr, /stunnel\.conf:3 connect = mail\.example:993\n {2}taken: the rule matches mail\.example:993/)
    assert.match(stderr, /\d+ taken, 0 changed, 0 ignored, 0 dangerous/)
  })

  it('marks what is dangerous, and still succeeds', async () => {
    const { status, stderr } = await runCli(['import', 'openssl', '-'], { stdin: 'HIGH, MEDIUM, ADH\n' })
    assert.equal(status, 0)
    assert.match(stderr, /dangerous: ADH: anonymous suites/)
    assert.match(stderr, /1 dangerous/)
  })

  it('prints vedette.yaml with the services when asked, and says when there are any', async () => {
    const stdin = `${conf}accept = 1993\n`
    const { stdout } = await runCli(['import', 'stunnel', '-', '--services'], { stdin })
    assert.match(stdout, /^kind: Settings\nservices:\n {2}- name: mail\n {4}accept: 127\.0\.0\.1:1993\n/m)
    assert.match(
      (await runCli(['import', 'stunnel', '-'], { stdin })).stderr,
      /it has services: --services prints them/,
    )
    const none = await runCli(['import', 'stunnel', '-', '--services'], { stdin: conf })
    assert.deepEqual([none.status, none.stdout], [2, ''])
  })

  it('gives all of it as JSON', async () => {
    const { status, stdout, stderr } = await runCli(['import', 'stunnel', '-', '--json'], { stdin: conf })
    const { policy, report, counts } = JSON.parse(stdout) as {
      policy: string
      report: { line: number }[]
      counts: object
    }
    assert.deepEqual([status, stderr], [0, ''])
    parsePolicy(policy, { file: 'stdout' })
    assert.deepEqual(
      report.map(({ line }) => line),
      [1, 2, 3, 4, 5],
    )
    assert.deepEqual(Object.keys(counts), ['taken', 'changed', 'ignored', 'dangerous'])
  })

  it('reads what the file names from where the file stands', async (t) => {
    const folder = makeFolder(t, { 'stunnel.conf': 'include = conf.d\n' })
    mkdirSync(path.join(folder, 'conf.d'))
    mkdirSync(path.join(folder, 'conf.d', 'folder'))
    writeFileSync(path.join(folder, 'conf.d', 'mail.conf'), conf)
    const { status, stdout } = await runCli(['import', 'stunnel', path.join(folder, 'stunnel.conf')])
    assert.equal(status, 0)
    assert.match(stdout, /mail\.example:993/)
  })

  it('exits 3 with the place when the file is not of its kind', async () => {
    const { status, stdout, stderr } = await runCli(['import', 'stunnel', '-'], { stdin: 'client = yes\n<xml/>\n' })
    assert.deepEqual([status, stdout], [3, ''])
    assert.match(stderr, /stdin:2:1: expected \[service\], key = value or a comment/)
  })

  it('exits 2 for a kind that there is not, and 4 for a file that is not there', async () => {
    assert.equal((await runCli(['import', 'squid', '-'])).status, 2)
    assert.equal((await runCli(['import', 'java', '/nowhere/at/all'])).status, 4)
  })

  it('lists every kind in its help', async () => {
    const { stdout } = await runCli(['import', '--help'])
    for (const kind of kindNames) assert.match(stdout, new RegExp(`^ {2}${kind} `, 'm'))
  })

  it('lets nothing from the file act on the terminal', async () => {
    const controlSign = String.fromCharCode(27)
    const stdin = `MinProtocol = ${controlSign}[31mTLSv1.2\nCipherString = HIGH\n`
    const { stderr } = await runCli(['import', 'openssl', '-'], { stdin })
    assert.ok(stderr.includes('[31mTLSv1.2') && !stderr.includes(controlSign))
  })
})
