/**
 * Goal: a trust store may be any mix of formats, and is the union of all of it or nothing. Method: files written by real
 * programs, put into folders as an operator would, passwords beside them.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { loadTrustSets } from '../../src/truststore/load-trust-sets.ts'
import { TrustStoreReader } from '../../src/truststore/trust-store-reader.ts'
import { type KeyStore, makeKeyStores } from '../kit/make-key-stores.ts'
import { makeStoreFolder } from '../kit/make-store-folder.ts'
import { trustSetOf } from '../kit/make-trust.ts'

const { authorities, good, keyed, nssPem } = await makeKeyStores()
const expected = trustSetOf('corp', authorities)
const named = (start: string) => good.find(({ name }) => name.startsWith(start)) as KeyStore

/** Names each file with its number, and puts its password beside it. */
function filesOf(stores: readonly KeyStore[]): Record<string, string | Buffer> {
  const endings = { pkcs7: 'p7b', pkcs12: 'p12', jks: 'jks', jceks: 'jceks' } as const
  const files = stores.flatMap(({ format, bytes, password }, index): [string, string | Buffer][] => {
    const file = `corp/${index}.${endings[format]}`
    return password === undefined
      ? [[file, bytes]]
      : [
          [file, bytes],
          [`${file}.password`, `${password}\n`],
        ]
  })
  return Object.fromEntries(files)
}

describe('a trust store of key stores', () => {
  it('is the union of one file of each format and program, without repeats', async (t) => {
    const kinds = [
      'openssl crl2pkcs7',
      'openssl pkcs12 with a wild',
      'openssl pkcs12 -legacy (',
      'keytool JKS',
      'keytool JCEKS',
    ]
    const extra = await makeCertificate({ subject: 'Beside', ca: true })
    const files = { ...filesOf(kinds.map(named)), 'corp/nss.pem': nssPem, 'corp/extra.cer': extra.der }
    const { sets, problems } = await loadTrustSets({ folder: await makeStoreFolder(t, files), names: ['corp'] })
    assert.deepEqual(problems, [])
    assert.deepEqual(sets.corp, trustSetOf('corp', [...authorities, extra]))
    assert.ok(Object.isFrozen(sets.corp?.certificates))
  })

  it('may be PKCS#7 in PEM beside plain certificates', async (t) => {
    const base64 = named('openssl crl2pkcs7').bytes.toString('base64')
    const extra = await makeCertificate({ subject: 'Beside', ca: true })
    const text = `${extra.certificate}-----BEGIN PKCS7-----\n${base64}\n-----END PKCS7-----\n`
    const { sets } = await loadTrustSets({ folder: await makeStoreFolder(t, { 'corp/a.pem': text }), names: ['corp'] })
    assert.deepEqual(sets.corp, trustSetOf('corp', [...authorities, extra]))
  })

  it('may be a single file, with its password in a variable', async (t) => {
    const store = named('keytool PKCS12 with correct')
    const variable = 'VEDETTE_TRUST_PASSWORD_CORP'
    const folder = await makeStoreFolder(t, { 'corp.p12': store.bytes, 'corp.p12.password-env': variable })
    const environment = { [variable]: `${store.password}` }
    assert.deepEqual((await loadTrustSets({ folder, environment, names: ['corp'] })).sets.corp, expected)
    const { problems } = await loadTrustSets({ folder, names: ['corp'] })
    assert.match(`${problems[0]?.message}`, /password-env: the variable VEDETTE_TRUST_PASSWORD_CORP is not set/)
  })

  it('needs no password file for Java’s usual password', async (t) => {
    const folder = await makeStoreFolder(t, { 'corp/cacerts.p12': named('keytool PKCS12 with changeit').bytes })
    assert.deepEqual((await loadTrustSets({ folder, names: ['corp'] })).sets.corp, expected)
  })

  it('says which file needs a password, and whose is wrong', async (t) => {
    const { bytes } = named('keytool JKS')
    const folder = await makeStoreFolder(t, {
      'corp/a.jks': bytes,
      'corp/b.jks': bytes,
      'corp/b.jks.password': 'canary-4711',
    })
    const { sets, problems } = await loadTrustSets({ folder, names: ['corp'] })
    assert.deepEqual(sets, {})
    const [one, other] = problems.map(({ message }) => message)
    assert.match(`${one}`, /a\.jks: needs a password/)
    assert.match(`${other}`, /b\.jks: the password is wrong/)
    assert.doesNotMatch(`${one}${other}`, /canary/)
  })

  for (const store of keyed) {
    it(`is refused for a key in it, with the name of the key: ${store.name}`, async (t) => {
      const { sets, problems } = await loadTrustSets({
        folder: await makeStoreFolder(t, filesOf([store])),
        names: ['corp'],
      })
      assert.deepEqual(sets, {})
      assert.match(`${problems[0]?.message}`, /corp\/0\.\w+: holds a (private|secret) key \((alias|named) "/)
      assert.equal(problems[0]?.details.store, 'corp')
    })
  }

  it('stays as it was when a key store turns bad, and when its password goes', async (t) => {
    const store = named('openssl pkcs12 -legacy (')
    const folder = await makeStoreFolder(t, filesOf([store]))
    const reader = new TrustStoreReader(folder)
    assert.deepEqual((await reader.read(['corp'])).sets.corp, expected)
    await writeFile(path.join(folder, 'corp/0.p12'), store.bytes.subarray(0, 900))
    const cut = await reader.read(['corp'])
    assert.deepEqual([cut.sets.corp, cut.kept], [expected, ['corp']])
    assert.match(`${cut.problems[0]?.message}`, /is damaged/)
    await writeFile(path.join(folder, 'corp/0.p12'), store.bytes)
    await unlink(path.join(folder, 'corp/0.p12.password'))
    const locked = await reader.read(['corp'])
    assert.deepEqual([locked.sets.corp, locked.kept], [expected, ['corp']])
    assert.match(`${locked.problems[0]?.message}`, /needs a password/)
  })

  it('a certificate that OpenSSL cannot read is told with its place among the others', async (t) => {
    const { bytes } = named('openssl crl2pkcs7')
    const at = bytes.indexOf(authorities[1]?.der ?? '')
    const broken = Buffer.from(bytes)
    broken[at + 4] = 0x31
    const { problems } = await loadTrustSets({
      folder: await makeStoreFolder(t, { 'corp/a.p7b': broken }),
      names: ['corp'],
    })
    assert.match(`${problems[0]?.message}`, /a\.p7b: certificate \d of 3: this is not a certificate/)
  })

  it('a pipe is refused instead of waited for', async (t) => {
    const folder = await makeStoreFolder(t, { 'corp/a.pem': nssPem })
    await promisify(execFile)('mkfifo', [path.join(folder, 'corp/b.pem')])
    const { problems } = await loadTrustSets({ folder, names: ['corp'] })
    assert.match(`${problems[0]?.message}`, /b\.pem: is not a plain file/)
  })
})
