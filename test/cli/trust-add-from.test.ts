/** `vedette trust add --from`: a certificate that a backend shows is trusted against its fingerprint, and never at sight. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { runCommandLine } from '../../src/cli/command-line.ts'
import { Terminal } from '../../src/cli/terminal.ts'
import { loadTrustSets } from '../../src/truststore/load-trust-sets.ts'
import { trustSetOf } from '../kit/make-trust.ts'
import { startBackend } from '../kit/start-backend.ts'
import { makeFolder, policyText, runCli } from './run-cli.ts'

const root = await makeCertificate({ subject: 'Root', ca: true })
const middle = await makeCertificate({ subject: 'Middle \u001b[31m', ca: true, issuer: root })
const leaf = await makeCertificate({ subject: 'leaf', issuer: middle, sans: { dns: ['app.localhost'] } })
const stranger = await makeCertificate({ subject: 'Stranger', ca: true })

/** A backend that shows leaf and intermediate, under a policy that names a store which is not there yet. */
async function house(t: TestContext, destinations = 'allowAddresses: [127.0.0.0/8]') {
  const backend = await startBackend(t, { certificate: leaf, chain: [middle] })
  const policy = policyText(`  strictTls: { defaultTrustStore: corp }
  destinations: { ${destinations} }
  rules:
    - { name: forbidden, match: ["bad.localhost"], action: deny }`)
  const folder = makeFolder(t, {
    'policy.yaml': policy,
    'vedette.yaml': 'apiVersion: vedette/v1\nkind: Settings\npolicy: policy.yaml\ntruststores: stores\n',
  })
  const from = `app.localhost:${backend.port}`
  const words = (argv: readonly string[]) => [
    'trust',
    'add',
    'corp',
    '--config',
    path.join(folder, 'vedette.yaml'),
    ...argv,
  ]
  const add = (...argv: string[]) => runCli(words(argv))
  const stores = path.join(folder, 'stores')
  const load = async () => (await loadTrustSets({ folder: stores, names: ['corp'] })).sets.corp
  return { backend, from, words, add, stores, load }
}

describe('trust add --from', () => {
  it('shows the chain and adds exactly the certificate whose fingerprint is given', async (t) => {
    const { from, add, load, backend } = await house(t)
    const { status, stdout, stderr } = await add('--from', from, '--sha256', middle.sha256)
    assert.equal(status, 0, stderr)
    for (const { sha256 } of [leaf, middle]) assert.match(stdout, new RegExp(`^ {4}sha256 {3}${sha256}$`, 'm'))
    assert.match(stdout, /^ {4}issuer {3}CN=Root$/m)
    assert.ok(!stdout.includes('\u001b'), 'what strangers wrote is made fit for a terminal')
    assert.deepEqual(await load(), trustSetOf('corp', [middle]))
    assert.deepEqual(backend.requests, [])
  })

  it('takes a fingerprint in capitals with colons, as openssl prints it', async (t) => {
    const { from, add, load } = await house(t)
    const pretty = leaf.sha256.toUpperCase().replaceAll(/(..)(?!$)/g, '$1:')
    assert.equal((await add('--from', from, '--sha256', pretty)).status, 0)
    assert.deepEqual(await load(), trustSetOf('corp', [leaf]))
  })

  it('adds nothing without a confirmation, with another fingerprint, or with a part of one', async (t) => {
    const { from, add, stores } = await house(t)
    const refused = async (argv: string[], why: RegExp) => {
      const { status, stderr } = await add('--from', from, ...argv)
      assert.equal(status, 2)
      assert.match(stderr, why)
      assert.equal(existsSync(stores), false)
    }
    await refused([], /nobody is here to confirm .* say which one with --sha256/)
    await refused(['--sha256', stranger.sha256], /showed no certificate with the SHA-256/)
    await refused(['--sha256', root.sha256], /showed no certificate with the SHA-256/)
    await refused(['--sha256', middle.sha256.slice(0, 16)], /has 64 hex digits/)
  })

  it('asks a person, and takes what is typed', async (t) => {
    const { from, words, load, stores } = await house(t)
    const typed = async (text: string) => {
      const stdin = Object.assign(Readable.from([`${text}\n`]), { isTTY: true })
      return runCommandLine(
        words(['--from', from]),
        new Terminal({ stdin, stdout: new PassThrough(), stderr: new PassThrough() }),
      )
    }
    assert.equal(await typed('yes'), 2)
    assert.equal(existsSync(stores), false)
    assert.equal(await typed(middle.sha256), 0)
    assert.deepEqual(await load(), trustSetOf('corp', [middle]))
  })

  it('writes nothing in a dry run, and needs no confirmation to show', async (t) => {
    const { from, add, stores } = await house(t)
    const { status, stdout } = await add('--from', from, '--dry-run')
    assert.equal(status, 0)
    assert.match(stdout, new RegExp(leaf.sha256))
    assert.equal(existsSync(stores), false)
  })

  it('dials under the policy: a denied destination and a denied address are never reached', async (t) => {
    const { backend, add, from } = await house(t, 'unlisted: allow')
    const { status, stderr } = await add('--from', from, '--sha256', leaf.sha256)
    assert.equal(status, 10)
    assert.match(stderr, /POLICY_ADDRESS_DENIED/)
    assert.equal((await add('--from', `bad.localhost:${backend.port}`, '--sha256', leaf.sha256)).status, 10)
    assert.equal(backend.accepted, 0)
  })

  it('takes a file or a backend, one of the two', async (t) => {
    const { from, add, stores } = await house(t)
    assert.equal((await add()).status, 2)
    assert.equal((await add('roots.pem', '--from', from)).status, 2)
    assert.equal((await add('roots.pem', '--sha256', leaf.sha256)).status, 2)
    assert.ok(!existsSync(stores) || readdirSync(stores).length === 0)
  })
})
