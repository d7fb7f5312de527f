import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { rename, symlink, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import test, { type TestContext } from 'node:test'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { loadTrustSets } from '../../src/truststore/load-trust-sets.ts'
import { systemCertificates } from '../../src/truststore/system-certificates.ts'
import { TrustStoreReader } from '../../src/truststore/trust-store-reader.ts'
import { nested } from '../kit/der.ts'
import { makeStoreFolder } from '../kit/make-store-folder.ts'
import { trustSetOf } from '../kit/make-trust.ts'

const [one, two] = await Promise.all([
  makeCertificate({ subject: 'One', ca: true }),
  makeCertificate({ subject: 'Two', ca: true }),
])

async function loadCorp(t: TestContext, files: Record<string, string | Buffer>) {
  const { sets, problems } = await loadTrustSets({ folder: await makeStoreFolder(t, files), names: ['corp'] })
  return { set: sets.corp, messages: problems.map((problem) => problem.message), problems }
}

const both = trustSetOf('corp', [one, two])
const onlyOne = trustSetOf('corp', [one])
const good: { why: string; files: Record<string, string | Buffer>; set: typeof both }[] = [
  {
    why: 'a folder with one file for each',
    files: { 'corp/1.pem': one.certificate, 'corp/2.crt': two.certificate },
    set: both,
  },
  {
    why: 'a bundle with comments',
    files: { 'corp/all.pem': `# ours\n${one.certificate}\nTwo:\n${two.certificate}` },
    set: both,
  },
  { why: 'DER beside PEM', files: { 'corp/1.cer': one.der, 'corp/2.der': two.der }, set: both },
  { why: 'upper-case endings', files: { 'corp/1.PEM': one.certificate }, set: onlyOne },
  { why: 'the same certificate twice', files: { 'corp/1.pem': one.certificate, 'corp/2.der': one.der }, set: onlyOne },
  { why: 'a single file instead of a folder', files: { 'corp.pem': one.certificate }, set: onlyOne },
  { why: 'other files beside', files: { 'corp/1.pem': one.certificate, 'corp/README.md': 'ours' }, set: onlyOne },
  {
    why: 'dot-files left by an editor',
    files: { 'corp/1.pem': one.certificate, 'corp/.2.pem': 'rubbish' },
    set: onlyOne,
  },
]
for (const { why, files, set } of good) {
  test(`a trust store is loaded from ${why}`, async (t) => {
    const loaded = await loadCorp(t, files)
    assert.deepEqual(loaded.messages, [])
    assert.deepEqual(loaded.set, set)
    assert.ok(Object.isFrozen(loaded.set) && Object.isFrozen(loaded.set?.certificates))
  })
}

const p12 = Buffer.from('308209d50201033082099b06092a864886f70d010701', 'hex')
const bad: { why: string; files: Record<string, string | Buffer>; message: RegExp }[] = [
  {
    why: 'no folder',
    files: {},
    message: /corp does not exist \(there are bundled, system\): make it and put the certificates/,
  },
  {
    why: 'an empty folder',
    files: { 'corp/README.md': '' },
    message: /corp holds no certificate: put the certificates/,
  },
  { why: 'rubbish in a file', files: { 'corp/1.pem': 'hello' }, message: /1\.pem: holds no certificate/ },
  { why: 'an empty file', files: { 'corp/1.pem': '' }, message: /1\.pem: holds no certificate/ },
  {
    why: 'a private key',
    files: { 'corp/1.pem': one.certificate + one.key },
    message: /1\.pem: line \d+ holds a private key/,
  },
  {
    why: 'another kind of block',
    files: { 'corp/1.pem': '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----' },
    message: /holds a X509 CRL/,
  },
  {
    why: 'trust with restrictions',
    files: { 'corp/1.pem': one.certificate.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE') },
    message: /restrictions/,
  },
  {
    why: 'a certificate cut short',
    files: { 'corp/1.pem': one.certificate.slice(0, 200) },
    message: /line 1: the block CERTIFICATE has no END/,
  },
  {
    why: 'bytes that are no certificate',
    files: { 'corp/1.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    message: /line 1: this is not a certificate/,
  },
  {
    why: 'bytes after a DER certificate',
    files: { 'corp/1.der': Buffer.concat([one.der, two.der]) },
    message: /1\.der: bytes follow/,
  },
  { why: 'half of a PKCS#12', files: { 'corp/1.p12': p12 }, message: /1\.p12: is damaged/ },
  { why: 'half of a PKCS#12 under another name', files: { 'corp/1.pem': p12 }, message: /1\.pem: is damaged/ },
  {
    why: 'half of a PKCS#7',
    files: { 'corp/1.p7b': Buffer.from('308204d106092a864886f70d010702', 'hex') },
    message: /1\.p7b: is damaged/,
  },
  {
    why: 'half of a PKCS#7 in PEM',
    files: { 'corp/1.pem': `${one.certificate}-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----` },
    message: /1\.pem: line \d+: is damaged/,
  },
  {
    why: 'the beginning of a Java key store',
    files: { 'corp/cacerts.jks': Buffer.from('feedfeed00000002', 'hex') },
    message: /cacerts\.jks: is damaged/,
  },
  {
    why: 'a Bouncy Castle key store',
    files: { 'corp/1.bks': Buffer.from('0000000200000014', 'hex') },
    message: /1\.bks: is a Bouncy Castle key store \(BKS\); export/,
  },
  {
    why: 'a private key in DER',
    files: { 'corp/1.der': createPrivateKey(one.key).export({ type: 'pkcs8', format: 'der' }) },
    message: /1\.der: holds a private key/,
  },
  {
    why: 'a file of 10 MB and a byte',
    files: { 'corp/1.pem': Buffer.alloc(10 * 1024 * 1024 + 1) },
    message: /1\.pem: 10485761 bytes are too many, 10485760 at most/,
  },
  {
    why: 'ASN.1 nested a hundred thousand deep',
    files: { 'corp/1.der': nested(100_000) },
    message: /1\.der: this is not a certificate/,
  },
]
for (const { why, files, message } of bad) {
  test(`a trust store with ${why} is refused, naming what to do`, async (t) => {
    const { set, problems } = await loadCorp(t, files)
    assert.equal(set, undefined)
    assert.equal(problems[0]?.code, 'OPERATOR_BAD_TRUST_STORE')
    assert.match(problems[0]?.message ?? '', message)
    assert.equal(problems[0]?.details.store, 'corp')
  })
}

test('one bad file refuses its whole store, and every bad file is told', async (t) => {
  const { set, messages } = await loadCorp(t, { 'corp/1.pem': one.certificate, 'corp/2.pem': 'x', 'corp/3.pem': 'y' })
  assert.equal(set, undefined)
  assert.equal(messages.length, 2)
})

test('a name cannot lead out of the trust store folder', async (t) => {
  const folder = await makeStoreFolder(t, { 'outside/1.pem': one.certificate, 'inside/a/1.pem': one.certificate })
  for (const name of ['../outside', '/etc/ssl', '..', '.', '', 'a/../../outside', 'a\0b']) {
    const { sets, problems } = await loadTrustSets({ folder: path.join(folder, 'inside'), names: [name] })
    assert.deepEqual(Object.keys(sets), [], name)
    assert.equal(problems[0]?.code, 'OPERATOR_BAD_TRUST_STORE', name)
  }
})

test('the symbolic links of a ConfigMap mount are followed, before and after its swap', async (t) => {
  const folder = await makeStoreFolder(t, { 'corp/..v1/ca.pem': one.certificate, 'corp/..v2/ca.pem': two.certificate })
  const corp = path.join(folder, 'corp')
  await symlink('..v1', path.join(corp, '..data'))
  await symlink('..data/ca.pem', path.join(corp, 'ca.pem'))
  assert.deepEqual((await loadTrustSets({ folder, names: ['corp'] })).sets.corp, onlyOne)
  await symlink('..v2', path.join(corp, '..data_tmp'))
  await rename(path.join(corp, '..data_tmp'), path.join(corp, '..data'))
  assert.deepEqual((await loadTrustSets({ folder, names: ['corp'] })).sets.corp, trustSetOf('corp', [two]))
})

test('a file that cannot be read is told with its path', async (t) => {
  const folder = await makeStoreFolder(t, { 'corp/1.pem': one.certificate })
  // A link that leads nowhere keeps even root from reading.
  await symlink('nowhere', path.join(folder, 'corp/2.pem'))
  const { problems } = await loadTrustSets({ folder, names: ['corp'] })
  assert.match(problems[0]?.message ?? '', /2\.pem: cannot be read: ENOENT/)
})

test('a file of gigabytes is refused without being read', async (t) => {
  const folder = await makeStoreFolder(t, { 'corp/1.p12': '' })
  await truncate(path.join(folder, 'corp/1.p12'), 3 * 1024 ** 3)
  const { problems } = await loadTrustSets({ folder, names: ['corp'] })
  assert.match(problems[0]?.message ?? '', /1\.p12: 3221225472 bytes are too many/)
})

test('the bundled and the system store are there by name, without repeats', async () => {
  const { sets, problems } = await loadTrustSets({ folder: '/nonexistent', names: ['bundled', 'system', 'bundled'] })
  assert.deepEqual(problems, [])
  for (const name of ['bundled', 'system']) {
    const certificates = sets[name]?.certificates ?? []
    assert.ok(certificates.length > 50, name)
    assert.equal(new Set(certificates).size, certificates.length, name)
  }
})

test('a machine without any certificate bundle is told so', async () => {
  await assert.rejects(systemCertificates(['/nonexistent.pem']), { code: 'OPERATOR_BAD_TRUST_STORE' })
})

test('a reader keeps the last good set of a store that turns bad, and says so', async (t) => {
  const folder = await makeStoreFolder(t, { 'corp/1.pem': one.certificate, 'lab/1.pem': two.certificate })
  const reader = new TrustStoreReader(folder)
  const first = await reader.read(['corp', 'lab'])
  assert.deepEqual([first.kept, first.problems.length], [[], 0])

  await writeFile(path.join(folder, 'corp/1.pem'), 'half a fi')
  const second = await reader.read(['corp', 'lab', 'never'])
  assert.deepEqual(second.sets, first.sets)
  assert.deepEqual(second.kept, ['corp'])
  assert.deepEqual(
    second.problems.map((problem) => problem.details.store),
    ['corp', 'never'],
  )

  await writeFile(path.join(folder, 'corp/1.pem'), two.certificate)
  const third = await reader.read(['corp'])
  assert.deepEqual([third.sets.corp, third.kept, third.problems], [trustSetOf('corp', [two]), [], []])
})
