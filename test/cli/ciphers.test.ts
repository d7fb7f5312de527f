import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { suites } from '../../src/policy/catalogue/catalogue.ts'
import type { CatalogueView } from '../../src/policy/catalogue/catalogue-view.ts'
import { makeFolder, policyText, runCli } from './run-cli.ts'

const policy = policyText(`  tls: { profile: mozilla-modern-6.0 }
  rules:
    - { name: old, match: [old.example], tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [SSL_RSA_WITH_AES_128_CBC_SHA, ECDHE-RSA-AES128-GCM-SHA256] } }`)

async function ciphers(test: TestContext, ...argv: string[]) {
  const file = path.join(makeFolder(test, { 'policy.yaml': policy }), 'policy.yaml')
  return runCli(['ciphers', ...argv, '--policy', file])
}

describe('ciphers', () => {
  it('lists what this runtime has under the names of four libraries', async () => {
    const { status, stdout } = await runCli(['ciphers'])
    assert.equal(status, 0)
    assert.match(
      stdout,
      /^\* {2}TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 +0xc02f +128 +good +ECDHE-RSA-AES128-GCM-SHA256 += +TLS_ECDHE_RSA_AES_128_GCM_SHA256$/m,
    )
    assert.match(stdout, /^\* {2}P-256 +0x0017 +128 +good +secp256r1/m)
    assert.match(stdout, /^\* {2}ed25519 +0x0807/m)
    assert.doesNotMatch(stdout, /RC4/)
  })

  it('lists what it lacks too, with --all, and why', async () => {
    const { stdout } = await runCli(['ciphers', '--all'])
    assert.match(
      stdout,
      /^x {2}TLS_RSA_WITH_RC4_128_SHA +0x0005 .*RC4-SHA +SSL_RSA_WITH_RC4_128_SHA .*RC4 and RC2 are broken/m,
    )
    assert.match(stdout, /^x {2}SSLv2Hello /m)
  })

  it('gives the whole catalogue as JSON', async () => {
    const { stdout } = await runCli(['ciphers', '--json'])
    const view = JSON.parse(stdout) as CatalogueView
    assert.equal(view.ciphers.length, suites.length)
    assert.deepEqual(
      view.protocols.map(({ name }) => name),
      ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'],
    )
  })

  it('shows what a backend is offered, in that order', async (t) => {
    const { stdout, stderr } = await ciphers(t, 'old.example', '--json')
    assert.equal(stderr, '')
    const { rule, source, ciphers: offered } = JSON.parse(stdout)
    assert.deepEqual([rule, source], ['old', 'custom configuration'])
    const names = offered.map(({ openssl }: { openssl: string }) => openssl)
    assert.deepEqual(names, ['AES128-SHA', 'ECDHE-RSA-AES128-GCM-SHA256'])
  })

  it('shows what a policy offers to what no rule names', async (t) => {
    const { stdout, stderr } = await ciphers(t)
    assert.match(stderr, /^offered to what no rule names by the rule unlisted .* default set mozilla-modern-6\.0$/m)
    assert.doesNotMatch(stdout, /ECDHE/)
  })

  it('shows the two columns of a rule', async (t) => {
    const { stdout } = await ciphers(t, 'old.example', '--columns')
    assert.match(stdout, /^protocols, selected: 1\n\* {2}TLSv1\.2 {2}good$/m)
    assert.match(stdout, /^ciphers, selected: 2\n +TLS_RSA_WITH_AES_128_CBC_SHA +weak +no-forward-secrecy, cbc$/m)
  })

  it('refuses a policy that does not hold', async (t) => {
    const file = path.join(makeFolder(t, { 'bad.yaml': policy.replace('AES128-GCM', 'AES129-GCM') }), 'bad.yaml')
    assert.equal((await runCli(['ciphers', '--policy', file])).status, 3)
  })
})
