import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { makeCertificate } from '../../../../src/certificate/make-certificate.ts'
import { SidecarError } from '../../../../src/errors.ts'
import { formatProblem, type Problem } from '../../../../src/policy/document/problem.ts'
import { composeSnapshot, meansTheSame } from '../../../../src/processes/control/versions/compose-snapshot.ts'
import { IdentityReader } from '../../../../src/processes/control/versions/identity-reader.ts'
import { TrustStoreReader } from '../../../../src/truststore/trust-store-reader.ts'
import { makeSnapshot } from '../../../kit/make-snapshot.ts'
import { makeTrust } from '../../../kit/make-trust.ts'

const corp = await makeTrust()
const lab = await makeTrust()
const { settings } = makeSnapshot()

/** A folder of trust stores and key pairs, and the way to compose policies on it. */
function house() {
  const root = mkdtempSync(path.join(tmpdir(), 'vedette-compose-'))
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
  }
  write('truststores/corp/root.pem', corp.ca.certificate)
  write('identities/exchange/tls.crt', corp.leaf.certificate)
  write('identities/exchange/tls.key', corp.leaf.key)
  const readers = {
    trust: new TrustStoreReader(path.join(root, 'truststores')),
    identities: new IdentityReader(path.join(root, 'identities')),
  }
  const compose = (spec: string, nowMs = 0) =>
    composeSnapshot(
      {
        text: `apiVersion: vedette/v1\nkind: OutgoingTlsPolicy\nmetadata: { name: t }\nspec:\n${spec}`,
        file: 'p.yaml',
      },
      { settings, readers, generation: 1, version: 1, nowMs },
    )
  return { write, compose }
}

const corpOnly = `  strictTls: { defaultTrustStore: none, customTrustStores: [corp] }
  rules:
    - { name: mail, match: [mail.example], clientCertificate: exchange }
`

test('a snapshot holds every store and key pair that its rules name', async () => {
  const { snapshot, kept } = await house().compose(corpOnly)
  assert.deepEqual(Object.keys(snapshot.trust), ['corp'])
  assert.deepEqual(Object.keys(snapshot.identities), ['exchange'])
  assert.match(snapshot.policySha256, /^[0-9a-f]{64}$/)
  assert.deepEqual(kept, [])
})

test('what is named and not there is told at each place that names it, all at once', async () => {
  const spec = `  strictTls: { customTrustStores: [nowhere] }
  rules:
    - { name: a, match: [a.example], trustStores: [corp, lost] }
    - { name: b, match: [b.example], clientCertificate: nobody }
`
  await assert.rejects(house().compose(spec), (error) => {
    assert.ok(error instanceof SidecarError && error.code === 'OPERATOR_BAD_DOCUMENT')
    const places = (error.details.problems as Problem[])
      .filter(({ severity }) => severity === 'error')
      .map((problem) => formatProblem(problem).replace(/: .*/, ''))
    assert.deepEqual(places, [
      'p.yaml:5:36 spec.strictTls.customTrustStores[0]',
      'p.yaml:7:58 spec.rules[0].trustStores[1]',
      'p.yaml:8:57 spec.rules[1].clientCertificate',
    ])
    return true
  })
})

test('what is not there is told together with what is bad in the document itself', async () => {
  const spec = `  strictTls: { customTrustStores: [nowhere], allowUntrusted: perhaps }
  rules:
    - { name: a, match: [a.example], clientCertificate: nobody, nonsense: 1 }
`
  await assert.rejects(house().compose(spec), (error) => {
    assert.ok(error instanceof SidecarError && error.code === 'OPERATOR_BAD_DOCUMENT')
    const told = (error.details.problems as Problem[]).map(formatProblem).join('\n')
    for (const part of [/nowhere/, /allowUntrusted/, /nobody/, /nonsense/]) assert.match(told, part)
    return true
  })
})

test('an exception that is over, or soon will be, is a warning by the clock that is passed in', async () => {
  const spec =
    '  exceptions: [{ backend: "a.example:1", findings: [expired], until: 2027-01-01, owner: me, reason: x }]\n'
  const warningsAt = async (time: string) =>
    (await house().compose(spec, Date.parse(time))).warnings.map(({ message }) => message).join()
  assert.equal(await warningsAt('2026-12-01T00:00:00Z'), '')
  assert.match(await warningsAt('2026-12-30T00:00:00Z'), /ends with 2027-01-01, in 3 days/)
  assert.match(await warningsAt('2027-01-02T00:00:00Z'), /is over/)
})

test('a store that turns bad stays as it was, with an alarm; one that never was good is refused', async () => {
  const { write, compose } = house()
  const before = await compose(corpOnly)
  write('truststores/corp/root.pem', 'half a cert')
  const after = await compose(corpOnly)
  assert.ok(meansTheSame(before.snapshot, after.snapshot))
  assert.equal(after.kept.length, 1)
  write('truststores/lab/root.pem', 'half a cert')
  await assert.rejects(compose('  strictTls: { customTrustStores: [lab] }\n'), /p\.yaml:5:36 .*root\.pem/)
})

test('snapshots mean the same whatever their numbers, until something in them differs', async () => {
  const { write, compose } = house()
  const { snapshot } = await compose(corpOnly)
  assert.ok(meansTheSame(snapshot, { ...snapshot, generation: 9, version: 9 }))
  const otherSettings = { ...snapshot, settings: { ...settings, workers: 7 } }
  assert.ok(!meansTheSame(snapshot, otherSettings), 'settings')
  assert.ok(!meansTheSame(snapshot, (await compose(`${corpOnly}  sni: false\n`)).snapshot), 'policy')
  write('truststores/corp/more.pem', lab.ca.certificate)
  const moreTrust = (await compose(corpOnly)).snapshot
  assert.ok(!meansTheSame(snapshot, moreTrust), 'trust')
  write('identities/exchange/tls.crt', lab.leaf.certificate)
  write('identities/exchange/tls.key', lab.leaf.key)
  assert.ok(!meansTheSame(moreTrust, (await compose(corpOnly)).snapshot), 'identity')
})

test('the pool of intermediates is part of a snapshot and of its meaning, and is no store', async () => {
  const { write, compose } = house()
  const { snapshot: without } = await compose(corpOnly)
  assert.deepEqual(without.intermediates.certificates, [])
  const middle = await makeCertificate({ subject: 'Middle', ca: true, issuer: corp.ca })
  write('truststores/intermediates/middle.pem', middle.certificate + corp.ca.certificate)
  const { snapshot } = await compose(corpOnly)
  assert.deepEqual(snapshot.intermediates.certificates, [middle.certificate])
  assert.deepEqual(Object.keys(snapshot.trust), ['corp'])
  assert.equal(meansTheSame(without, snapshot), false)

  write('truststores/intermediates/middle.pem', 'rubbish')
  const { snapshot: kept, kept: said } = await compose(corpOnly)
  assert.equal(meansTheSame(snapshot, kept), true)
  assert.deepEqual(
    said.map(({ details }) => details.store),
    ['intermediates'],
  )
})

test('a policy that names the pool as a store is refused, wherever it does', async () => {
  const { compose } = house()
  for (const spec of [
    '  strictTls: { defaultTrustStore: intermediates }',
    '  strictTls: { customTrustStores: [intermediates] }',
    '  rules: [{ name: a, match: [a.test], trustStores: [intermediates] }]',
    '  rules: [{ name: a, match: [a.test], strictTls: { defaultTrustStore: intermediates } }]',
  ]) {
    await assert.rejects(compose(spec), /intermediates is the pool that completes chains/)
  }
})
