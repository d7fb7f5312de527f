import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { makeFolder, policyText, runCli } from './run-cli.ts'

const policy = policyText(`  destinations: { unlisted: deny }
  rules:
    - { name: other-port, match: ["mail.example:993"] }
    - { name: other-host, match: [web.example, "*.web.example"] }
    - { name: mail, match: ["mail.example"], sni: false, strictTls: { allowUntrusted: true } }
    - { name: forbidden, match: ["bad.example"], action: deny }
    - { name: lifted, match: ["lifted.example"], tlsPort: 8443 }
  exceptions:
    - { backend: "mail.example:443", findings: [expired], until: 2036-12-31, owner: ops, reason: "renewal is ordered" }`)

async function explain(test: TestContext, ...argv: string[]) {
  const file = path.join(makeFolder(test, { 'policy.yaml': policy }), 'policy.yaml')
  return runCli(['explain', ...argv, '--policy', file])
}

describe('explain', () => {
  it('says which rule holds, which were passed over and why', async (t) => {
    const { status, stdout } = await explain(t, 'mail.example')
    assert.equal(status, 0)
    assert.match(stdout, /^mail\.example:443 is allowed by the rule mail \(mail\.example\)\.$/m)
    assert.match(stdout, /passed over the rule other-port: it names another port: mail\.example:993/)
    assert.match(stdout, /passed over the rule other-host: it names web\.example, \*\.web\.example/)
    assert.doesNotMatch(stdout, /passed over the rule forbidden/)
  })

  it('says what the handshake would be: trust, names, protocols, suites, groups, what is forgiven, addresses', async (t) => {
    const { stdout } = await explain(t, 'mail.example')
    for (const expected of [
      /carry the name mail\.example; whether it chains to the trust store bundled is looked at/,
      /No server name \(SNI\) is sent/,
      /^ {4}protocols {7}TLSv1\.3 \(0304\), TLSv1\.2 \(0303\)$/m,
      /^ {4}suites {10}TLS_AES_128_GCM_SHA256 \(1301\), /m,
      /^ {4}key shares {6}X25519 \(001d\)$/m,
      /^ {4}signatures {6}ecdsa_secp256r1_sha256 \(0403\), /m,
      /^ {4}server name {5}none$/m,
      /^ {4}ALPN {12}http\/1\.1 \(before a tunnel: none\)$/m,
      /^ {4}early data {6}never$/m,
      /^ {4}security level {2}2$/m,
      /Groups, in order: X25519MLKEM768, /,
      /Allowed and logged: untrusted-issuer, self-signed, incomplete-chain/,
      /Until 2036-12-31, expired is forgiven: renewal is ordered \(ops\)/,
      /The trust store bundled holds \d+ certificates/,
      /Never dialled: default/,
    ]) {
      assert.match(stdout, expected)
    }
  })

  const refused: [string, string, RegExp][] = [
    ['a rule that denies', 'bad.example:443', /^bad\.example:443 is denied by the rule forbidden/m],
    ['no rule', 'stranger.example:443', /^No rule names stranger\.example:443; the policy denies/m],
  ]
  for (const [what, destination, expected] of refused) {
    it(`exits 10 for ${what}`, async (t) => {
      const { status, stdout } = await explain(t, destination)
      assert.equal(status, 10)
      assert.match(stdout, expected)
      assert.doesNotMatch(stdout, /ClientHello/)
    })
  }

  const neverDialled: [string, RegExp][] = [
    ['169.254.169.254', /^169\.254\.169\.254:443 is never dialled: .* in 169\.254\.169\.254\/32 \(metadata\)/],
    ['127.0.0.1', /^127\.0\.0\.1:443 is never dialled: 127\.0\.0\.1 is in 127\.0\.0\.0\/8 \(loopback\)/],
    ['2130706433', /^127\.0\.0\.1:443 is never dialled/],
    ['[::1]:80', /^\[::1\]:80 is never dialled: ::1 is in ::1\/128 .*name ::1 in destinations\.allowAddresses\.$/m],
    ['[64:ff9b::7f00:1]:443', /, with 127\.0\.0\.1 hidden in it, is in 127\.0\.0\.0\/8/],
    ['mail.localhost', /^mail\.localhost:443 is never dialled: 127\.0\.0\.1 is in/],
  ]
  const open = policyText('  destinations: { allowAddresses: [127.0.0.2] }')
  for (const [destination, expected] of neverDialled) {
    it(`says that ${destination} is never dialled and exits 10`, async (t) => {
      const file = path.join(makeFolder(t, { 'policy.yaml': open }), 'policy.yaml')
      const { status, stdout } = await runCli(['explain', destination, '--policy', file])
      assert.equal(status, 10)
      assert.match(stdout, expected)
      assert.doesNotMatch(stdout, /ClientHello/)
      const json = JSON.parse((await runCli(['explain', destination, '--policy', file, '--json'])).stdout)
      assert.deepEqual([json.allowed, json.reason], [false, 'address-denied'])
    })
  }

  for (const destination of ['127.0.0.2', '10.0.0.1', 'mail.example']) {
    it(`does not say so of ${destination}, which may be dialled or is not known yet`, async (t) => {
      const file = path.join(makeFolder(t, { 'policy.yaml': open }), 'policy.yaml')
      const { status, stdout } = await runCli(['explain', destination, '--policy', file])
      assert.equal(status, 0)
      assert.doesNotMatch(stdout, /is never dialled/)
    })
  }

  it('tells an exception that is over as over', async (t) => {
    const old = policy.replace('2036-12-31', '2025-12-31')
    const file = path.join(makeFolder(t, { 'policy.yaml': old }), 'policy.yaml')
    const { stdout } = await runCli(['explain', 'mail.example', '--policy', file])
    assert.match(stdout, /The exception for expired ended on 2025-12-31 and forgives nothing \(ops\)/)
    assert.doesNotMatch(stdout, /is forgiven/)
  })

  for (const destination of ['ftp://mail.example', 'https://me@mail.example']) {
    it(`takes ${destination} for a URL, not a host`, async (t) => {
      const { status, stderr } = await explain(t, destination)
      assert.equal(status, 2)
      assert.match(stderr, /must be a host name, not a URL/)
    })
  }

  const spellings: [string, string][] = [
    ['mail.example', 'mail.example:443'],
    ['MAIL.example.:993', 'mail.example:993'],
    ['https://mail.example/inbox?x=1', 'mail.example:443'],
    ['http://mail.example/inbox', 'mail.example:443'],
    ['http://mail.example:80', 'mail.example:443'],
    ['http://mail.example:8080/', 'mail.example:8080'],
    ['http://lifted.example/', 'lifted.example:8443'],
  ]
  for (const [text, destination] of spellings) {
    it(`takes ${text} for ${destination}`, async (t) => {
      const { stdout } = await explain(t, text, '--json')
      assert.equal((JSON.parse(stdout) as { destination: string }).destination, destination)
    })
  }

  it('gives the explanation although --connect finds nobody', async (t) => {
    const file = path.join(
      makeFolder(t, { 'policy.yaml': policyText('  destinations: { allowAddresses: [127.0.0.0/8] }') }),
      'policy.yaml',
    )
    const words = ['explain', '127.0.0.1:1', '--connect', '--policy', file]
    const { status, stdout, stderr } = await runCli(words)
    assert.equal(status, 1)
    assert.match(stdout, /^No rule names 127\.0\.0\.1:1; .*\n[\s\S]*Never dialled: /)
    assert.match(stderr, /BACKEND_CONNECT_REFUSED/)
    const asJson = await runCli([...words, '--json'])
    const { allowed, error } = JSON.parse(asJson.stdout) as { allowed: boolean; error: { code: string } }
    assert.deepEqual([asJson.status, allowed, error.code], [1, true, 'BACKEND_CONNECT_REFUSED'])
  })

  it('refuses what is no destination', async (t) => {
    const { status, stderr } = await explain(t, 'mail.example:99999')
    assert.equal(status, 2)
    assert.match(stderr, /CALLER_BAD_TARGET/)
  })

  it('gives all of it as JSON', async (t) => {
    const { stdout } = await explain(t, 'mail.example', '--json')
    const said = JSON.parse(stdout) as Record<string, unknown>
    assert.equal(said.rule, 'mail')
    assert.equal(said.allowed, true)
    assert.deepEqual(said.passedOver, [
      { rule: 'other-port', why: 'names another port: mail.example:993' },
      { rule: 'other-host', why: 'names web.example, *.web.example' },
    ])
    assert.equal(said.serverName, '')
  })
})
