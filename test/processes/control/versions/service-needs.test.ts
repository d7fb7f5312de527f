/** What services name beside the policy: all of it in the snapshot, each thing that is missing told at its place. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { SidecarError } from '../../../../src/errors.ts'
import { formatProblem, type Problem } from '../../../../src/policy/document/problem.ts'
import { composeSnapshot } from '../../../../src/processes/control/versions/compose-snapshot.ts'
import { IdentityReader } from '../../../../src/processes/control/versions/identity-reader.ts'
import { loadSettings } from '../../../../src/settings/load-settings.ts'
import { rotateKeys } from '../../../../src/token/key-folder.ts'
import { TrustStoreReader } from '../../../../src/truststore/trust-store-reader.ts'
import { makeTrust } from '../../../kit/make-trust.ts'

const gateway = await makeTrust(['gateway.example'])
const callers = await makeTrust(['caller.example'])
const text = `apiVersion: vedette/v1
kind: OutgoingTlsPolicy
metadata: { name: t }
spec: { strictTls: { defaultTrustStore: none, customTrustStores: [callers] } }
`

/** Composes what these services need, in a folder with one key pair and two trust stores. */
function house(t: TestContext, services: string) {
  const root = mkdtempSync(path.join(tmpdir(), 'vedette-needs-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const write = (file: string, content: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), content)
  }
  write('vedette.yaml', `services:\n${services}`)
  write('identities/gateway/tls.crt', gateway.leaf.certificate)
  write('identities/gateway/tls.key', gateway.leaf.key)
  write('truststores/callers/ca.pem', callers.ca.certificate)
  write('truststores/own/leaf.pem', gateway.leaf.certificate)
  const { settings } = loadSettings({ folder: root, environment: {} })
  const readers = {
    trust: new TrustStoreReader(settings.truststores),
    identities: new IdentityReader(settings.identities),
  }
  const compose = () =>
    composeSnapshot({ text, file: 'p.yaml' }, { settings, readers, generation: 1, version: 1, nowMs: 0 })
  return { compose, write, identities: settings.identities }
}

const front = (tls: string, connect = 'connect: "tls://a.example:1"') =>
  `  - { name: front, accept: "tls://127.0.0.1:0", ${connect}, tls: { ${tls} } }\n`
const tunnels = (more = '') => front('certificate: gateway', `tokens: { keys: tunnels${more} }`)
const known = 'certificate: gateway, verifyClient: required'

test('a snapshot holds what its services name', async (t) => {
  const { snapshot, warnings } = await house(t, front(`${known}, trustStores: [callers]`)).compose()
  assert.deepEqual(Object.keys(snapshot.identities), ['gateway'])
  assert.deepEqual(Object.keys(snapshot.trust), ['callers'])
  assert.equal(snapshot.tokenKeys, undefined)
  assert.deepEqual(warnings, [])
})

test('a snapshot holds of the keys of tokens what takes them, and nothing that makes them', async (t) => {
  const { compose, identities } = house(t, tunnels())
  assert.deepEqual((await compose()).snapshot.tokenKeys, { tunnels: [] })
  const { key } = await rotateKeys(identities, 'tunnels', { nowMs: 0, overlapMs: 0 })
  const { snapshot } = await compose()
  assert.deepEqual(
    snapshot.tokenKeys?.tunnels?.map(({ id }) => id),
    [key.id],
  )
  assert.ok(!JSON.stringify(snapshot.tokenKeys).includes('PRIVATE'))
})

const missing: [reason: string, services: string, says: RegExp[]][] = [
  [
    'a key pair and a trust store',
    front('certificate: lost, verifyClient: required, trustStores: [callers, nowhere]'),
    [
      /services\[0\]\.tls\.certificate: identity "lost": .* cannot be read: ENOENT/,
      /services\[0\]\.tls\.trustStores\[1\]: .*nowhere/,
    ],
  ],
]
for (const [reason, services, says] of missing) {
  test(`what is named and not there is told all at once: ${reason}`, async (t) => {
    await assert.rejects(house(t, services).compose(), (error) => {
      assert.ok(error instanceof SidecarError)
      const told = (error.details.problems as Problem[]).map(formatProblem)
      assert.equal(told.length, says.length, told.join('\n'))
      for (const [index, expected] of says.entries()) assert.match(told[index] ?? '', expected)
      return true
    })
  })
}

test('a token key that is none is told at the service that names it', async (t) => {
  const { compose, write } = house(t, tunnels())
  write('identities/tunnels/0123456789ab.token-key.json', '{}')
  await assert.rejects(compose(), /services\[0\]\.tokens\.keys: token keys "tunnels": .* is no token key/)
})

const doubtful: [reason: string, services: string, says: RegExp][] = [
  [
    'names inside that nobody checks',
    tunnels(', innerNames: unchecked'),
    /services\[0\]\.tokens\.innerNames: warning: .*any server name/,
  ],
  [
    'callers with our own certificate',
    front(`${known}, trustStores: [callers, own]`),
    /services\[0\]\.tls\.trustStores\[1\]: warning: own trusts the certificate of the service itself/,
  ],
]
for (const [reason, services, says] of doubtful) {
  test(`warned of: ${reason}`, async (t) => {
    const { warnings } = await house(t, services).compose()
    assert.equal(warnings.length, 1)
    assert.match(warnings.map(formatProblem).join(), says)
  })
}
