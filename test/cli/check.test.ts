import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { makeTrust } from '../kit/make-trust.ts'
import { makeFolder, policyText, runCli } from './run-cli.ts'

const sound = policyText('  sni: true')

/** Runs check on one policy in a folder of its own, with settings beside it that name it. */
async function check(test: TestContext, policy: string, files: Readonly<Record<string, string>> = {}) {
  const folder = makeFolder(test, { 'policy.yaml': policy, 'vedette.yaml': settings, ...files })
  const file = path.join(folder, 'policy.yaml')
  return { folder, ...(await runCli(['check', file, '--config', path.join(folder, 'vedette.yaml')])) }
}

const settings = 'apiVersion: vedette/v1\nkind: Settings\npolicy: policy.yaml\ntruststores: truststores\n'

describe('check', () => {
  it('says nothing on stdout about a sound policy and exits 0', async (t) => {
    const { status, stdout, stderr } = await check(t, sound)
    assert.equal(status, 0)
    assert.equal(stdout, '')
    assert.match(stderr, /✓ policy .*policy\.yaml: sound/)
  })

  it('prints every error, not the first, each with its line and a caret', async (t) => {
    const bad = policyText('  snii: true\n  strictTls: { enabled: maybe }\n  destinations: { unlisted: perhaps }')
    const { status, stdout, stderr } = await check(t, bad)
    assert.equal(status, 3)
    assert.match(stdout, /policy\.yaml:5:3 spec\.snii: .*\n {2}5 \| {3}snii: true\n {4}\| {3}\^/)
    assert.match(stdout, /policy\.yaml:6:25 spec\.strictTls\.enabled: /)
    assert.match(stdout, /policy\.yaml:7:29 spec\.destinations\.unlisted: /)
    assert.match(stderr, /✗ policy .*: 3 errors/)
  })

  it('prints warnings and still exits 0', async (t) => {
    const { status, stdout, stderr } = await check(t, policyText('  strictTls: { enabled: false }'))
    assert.equal(status, 0)
    assert.match(stdout, /warning: /)
    assert.match(stderr, /1 warning/)
  })

  it('finds a trust store that does not exist, at the line that names it', async (t) => {
    const { status, stdout } = await check(t, policyText('  strictTls:\n    customTrustStores: [corp]'))
    assert.equal(status, 3)
    assert.match(stdout, /policy\.yaml:6:25 spec\.strictTls\.customTrustStores\[0\]: .*does not exist/)
  })

  it('says which trust stores there are, and which one was meant', async (t) => {
    const policy = policyText('  strictTls: { customTrustStores: [crop] }')
    const folder = makeFolder(t, { 'policy.yaml': policy })
    mkdirSync(path.join(folder, 'truststores', 'corp'), { recursive: true })
    const { stdout } = await runCli([
      'check',
      path.join(folder, 'policy.yaml'),
      '--truststores',
      path.join(folder, 'truststores'),
    ])
    assert.match(
      stdout,
      /truststores\/crop does not exist \(there are bundled, system, corp\): .*: did you mean corp\?$/m,
    )
  })

  it('is content with the same policy once the trust store is there', async (t) => {
    const { ca } = await makeTrust()
    const folder = makeFolder(t, {
      'policy.yaml': policyText('  strictTls:\n    customTrustStores: [corp]'),
      'vedette.yaml': settings,
    })
    mkdirSync(path.join(folder, 'truststores', 'corp'), { recursive: true })
    writeFileSync(path.join(folder, 'truststores', 'corp', 'ca.pem'), ca.certificate)
    const argv = ['check', path.join(folder, 'policy.yaml'), '--config', path.join(folder, 'vedette.yaml')]
    assert.equal((await runCli(argv)).status, 0)
  })

  it('finds a key pair that does not exist', async (t) => {
    const rule = '  rules:\n    - { name: a, match: [a.example], clientCertificate: mail }'
    const { status, stdout } = await check(t, policyText(rule))
    assert.equal(status, 3)
    assert.match(stdout, /spec\.rules\[0\]\.clientCertificate: /)
  })

  it('prints errors of every stage at once: values, contradictions, and what is named and missing', async (t) => {
    const bad = policyText(
      [
        '  snii: true',
        '  destinations: { denyAddresses: [0.0.0.0/0, "::/0"] }',
        '  rules:',
        '    - { name: a, match: ["http://a.example"] }',
        '    - { name: b, match: [b.example], trustStores: [corp] }',
        '    - { name: b, match: [c.example], clientCertificate: mail }',
      ].join('\n'),
    )
    const { status, stdout, stderr } = await check(t, bad)
    assert.equal(status, 3)
    assert.deepEqual(
      [...stdout.matchAll(/^\S*policy\.yaml:(\d+):\d+ (\S+): /gm)].map(([, line, place]) => `${line} ${place}`),
      [
        '5 spec.snii',
        '6 spec.destinations.denyAddresses',
        '8 spec.rules[0].match[0]',
        '9 spec.rules[1].trustStores[0]',
        '10 spec.rules[2].name',
        '10 spec.rules[2].clientCertificate',
      ],
    )
    assert.match(stderr, /6 errors/)
  })

  it('warns of an exception that is over, and not of one that holds', async (t) => {
    const entry = (backend: string, until: string) =>
      `    - { backend: "${backend}:443", findings: [expired], until: ${until}, owner: ops, reason: renewal }`
    const both = `  exceptions:\n${entry('a.example', '2025-01-01')}\n${entry('b.example', '2099-01-01')}`
    const { status, stdout, stderr } = await check(t, policyText(both))
    assert.equal(status, 0)
    assert.match(stdout, /policy\.yaml:6:\d+ spec\.exceptions\[0\]\.until: warning: is over/)
    assert.match(stderr, /1 warning/)
  })

  it('reads a policy from stdin for -', async (t) => {
    const folder = makeFolder(t, { 'vedette.yaml': settings })
    const argv = ['check', '-', '--config', path.join(folder, 'vedette.yaml')]
    assert.equal((await runCli(argv, { stdin: sound })).status, 0)
    const bad = await runCli(argv, { stdin: policyText('  snii: true') })
    assert.equal(bad.status, 3)
    assert.match(bad.stdout, /^stdin:5:3 spec\.snii: .*\n {2}5 \| {3}snii: true/)
  })

  it('checks a settings file together with the policy it names', async (t) => {
    const folder = makeFolder(t, { 'policy.yaml': policyText('  snii: true'), 'vedette.yaml': settings })
    const { status, stdout, stderr } = await runCli(['check', path.join(folder, 'vedette.yaml')])
    assert.equal(status, 3)
    assert.match(stdout, /policy\.yaml:5:3 spec\.snii/)
    assert.match(stderr, /✓ settings .*vedette\.yaml: sound/)
  })

  it('prints every error of a settings file', async (t) => {
    const folder = makeFolder(t, { 'vedette.yaml': `${settings}porxy: {}\nworkers: none\n` })
    const { status, stdout } = await runCli(['check', path.join(folder, 'vedette.yaml')])
    assert.equal(status, 3)
    assert.match(stdout, /vedette\.yaml:5:1 porxy: /)
    assert.match(stdout, /vedette\.yaml:6:10 workers: /)
  })

  it('counts what services lack to the settings, with line and caret, and leaves the policy sound', async (t) => {
    const settings = `apiVersion: vedette/v1\nkind: Settings\npolicy: policy.yaml\nservices:\n  - name: gate
    accept: tls://127.0.0.1:4650\n    connect: tcp://127.0.0.1:587\n    tls: { certificate: gate }\n`
    const folder = makeFolder(t, { 'vedette.yaml': settings, 'policy.yaml': policyText('  sni: false') })
    const file = path.join(folder, 'vedette.yaml')
    for (const words of [[file], ['--config', file], [path.join(folder, 'policy.yaml'), '--config', file]]) {
      const { status, stdout, stderr } = await runCli(['check', ...words])
      assert.equal(status, 3)
      const [place, line, caret] = stdout.split('\n')
      assert.ok(place?.startsWith(`${file}:8:25 services[0].tls.certificate: identity "gate"`), stdout)
      assert.deepEqual(
        [line, caret?.indexOf('^')],
        ['  8 |     tls: { certificate: gate }', (line ?? '').indexOf('gate }')],
      )
      assert.match(stderr, /✗ settings .*: 1 error\n✓ policy .*: sound/)
    }
  })

  it('says of a settings file that is not there what it says of a policy', async (t) => {
    const gone = path.join(makeFolder(t), 'gone.yaml')
    for (const words of [['--config', gone], [gone]]) assert.equal((await runCli(['check', ...words])).status, 4)
  })

  it('refuses an address outside loopback unless the flag is given', async (t) => {
    const listening = `${settings}health: { listen: "0.0.0.0:9901" }\n`
    const folder = makeFolder(t, { 'vedette.yaml': listening, 'policy.yaml': sound })
    const file = path.join(folder, 'vedette.yaml')
    const refused = await runCli(['check', file])
    assert.equal(refused.status, 3)
    assert.match(refused.stdout, /--unsafe-health-listen/)
    assert.equal((await runCli(['check', file, '--unsafe-health-listen'])).status, 0)
  })

  it('gives all of it as JSON', async (t) => {
    const folder = makeFolder(t, { 'policy.yaml': policyText('  snii: true'), 'vedette.yaml': settings })
    const { status, stdout, stderr } = await runCli(['check', path.join(folder, 'vedette.yaml'), '--json'])
    assert.equal(status, 3)
    assert.equal(stderr, '')
    const reports = JSON.parse(stdout) as {
      kind: string
      problems: { line: number; path: string; severity: string }[]
    }[]
    assert.deepEqual(
      reports.map(({ kind, problems }) => [kind, problems.length]),
      [
        ['settings', 0],
        ['policy', 1],
      ],
    )
    assert.deepEqual([reports[1]?.problems[0]?.line, reports[1]?.problems[0]?.path], [5, 'spec.snii'])
  })

  it('checks every shipped policy without an error', async () => {
    const { status } = await runCli([
      'check',
      'policies/default.yaml',
      'policies/observe-first.yaml',
      'policies/stig-tls12.yaml',
    ])
    assert.equal(status, 0)
  })
})
