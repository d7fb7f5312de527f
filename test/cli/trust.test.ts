import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { type CertificateWish, type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { parsePem } from '../../src/certificate/parse-pem.ts'
import { loadTrustSets } from '../../src/truststore/load-trust-sets.ts'
import { sequence } from '../kit/der.ts'
import { bag, certificateValue, honestPkcs12, pfx, plain, shroudedKey } from '../kit/hostile-pkcs12.ts'
import { trustSetOf } from '../kit/make-trust.ts'
import { makeFolder, runCli } from './run-cli.ts'

const DAY_MS = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)
const ca = (subject: string, wish: Partial<CertificateWish> = {}) =>
  makeCertificate({ subject, ca: true, notAfter: inDays(400), ...wish })
const [one, two, three] = await Promise.all([ca('One'), ca('Two'), ca('Three')])
const p12 = (...all: MadeCertificate[]) =>
  pfx([plain(sequence(...all.map(({ der }) => bag(3, certificateValue(der)))))])

/** Makes a folder of trust stores from these files (path to content) and a way to run `vedette trust` on it. */
function storesWith(t: TestContext, files: Readonly<Record<string, string | Buffer>> = {}) {
  const folder = makeFolder(t)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), content)
  }
  const trust = (words: readonly string[], stdin = '') =>
    runCli(['trust', ...words, '--truststores', path.join(folder, 'stores')], { stdin })
  const load = async () => (await loadTrustSets({ folder: path.join(folder, 'stores'), names: ['corp'] })).sets.corp
  return { folder, at: (name: string) => path.join(folder, name), trust, load }
}

describe('trust add', () => {
  it('shows what a file would newly trust, writes exactly that, and the store is read with it', async (t) => {
    const { at, trust, load } = storesWith(t, { 'stores/corp/1.pem': one.certificate, 'new.p12': p12(one, two, three) })
    const { status, stdout, stderr } = await trust(['add', 'corp', at('new.p12')])
    assert.equal(status, 0)
    for (const made of [two, three]) assert.match(stdout, new RegExp(`sha256 +${made.sha256}`))
    assert.match(stdout, /CN=Two\n/)
    assert.ok(!stdout.includes(one.sha256))
    assert.match(stderr, /duplicate: CN=One \([0-9a-f]{12}\) is there already/)
    assert.match(stderr, /2 certificates newly trusted by corp/)
    assert.deepEqual(await load(), trustSetOf('corp', [one, two, three]))
    assert.deepEqual(
      readdirSync(at('stores/corp')).sort(),
      ['1.pem', ...[two, three].map(({ sha256 }) => `${sha256.slice(0, 32)}.pem`)].sort(),
    )
  })

  it('makes a store that is not there, from stdin too, and does nothing the second time', async (t) => {
    const { trust, load, at } = storesWith(t)
    assert.equal((await trust(['add', 'corp', '-'], one.certificate)).status, 0)
    assert.deepEqual(await load(), trustSetOf('corp', [one]))
    const again = await trust(['add', 'corp', '-', '--json'], one.certificate)
    const { fresh, known, files } = JSON.parse(again.stdout) as Record<string, { sha256: string }[]>
    assert.deepEqual([fresh, files], [[], []])
    assert.equal(known?.[0]?.sha256, one.sha256)
    assert.equal(readdirSync(at('stores/corp')).length, 1)
  })

  it('writes nothing under --dry-run', async (t) => {
    const { trust, at } = storesWith(t)
    const { status, stdout, stderr } = await trust(['add', 'corp', '-', '--dry-run'], one.certificate)
    assert.equal(status, 0)
    assert.match(stdout, /CN=One/)
    assert.match(stderr, /1 certificate would be newly trusted by corp; nothing was written/)
    assert.ok(!existsSync(at('stores')))
  })

  const warnings: [what: string, wish: Partial<CertificateWish>, expected: RegExp | undefined][] = [
    ['nothing of a sound authority', {}, undefined],
    ['that it has expired', { notBefore: inDays(-20), notAfter: inDays(-10) }, /warning +expired on \d{4}-/],
    ['that it expires soon', { notAfter: inDays(10.5) }, /warning +expires in 10 days/],
    ['that it is not valid yet', { notBefore: inDays(5) }, /warning +not valid before/],
    ['that it is no CA', { ca: false }, /warning +not a CA: it vouches for nobody but itself/],
    ['that its key is weak', { keyType: 'rsa', keyBits: 1024 }, /warning +weak key: rsa 1024/],
    ['that its signature is weak', { signatureHash: 'sha1' }, /warning +weak signature: .*SHA1/i],
  ]
  for (const [what, wish, expected] of warnings) {
    it(`warns of ${what}`, async (t) => {
      const { certificate } = await ca('Minded', wish)
      const { status, stdout } = await storesWith(t).trust(['add', 'corp', '-', '--dry-run'], certificate)
      assert.equal(status, 0)
      if (expected === undefined) assert.doesNotMatch(stdout, /warning/)
      else assert.match(stdout, expected)
    })
  }

  const refused: [why: string, file: string | Buffer, message: RegExp][] = [
    ['a private key in PEM', one.certificate + one.key, /holds a private key/],
    ['a private key in PKCS#12', pfx([plain(sequence(bag(2, shroudedKey(1))))]), /holds a private key/],
    ['no certificate at all', 'hello', /holds no certificate/],
  ]
  for (const [why, file, message] of refused) {
    it(`refuses ${why} and stores nothing of it`, async (t) => {
      const { trust, at } = storesWith(t, { upload: file })
      const { status, stderr } = await trust(['add', 'corp', at('upload')])
      assert.equal(status, 3)
      assert.match(stderr, message)
      assert.ok(!existsSync(at('stores/corp')))
    })
  }

  const misused: [why: string, store: string, message: RegExp][] = [
    ['a built-in store', 'system', /system is built in/],
    ['a store that is a single file', 'lab', /is the single file .*lab\.pem: move it/],
  ]
  for (const [why, store, message] of misused) {
    it(`does not add to ${why}`, async (t) => {
      const { trust } = storesWith(t, { 'stores/lab.pem': one.certificate })
      const { status, stderr } = await trust(['add', store, '-'], two.certificate)
      assert.equal(status, 2)
      assert.match(stderr, message)
    })
  }

  it('does not leave the folder of trust stores', async (t) => {
    const { trust, at } = storesWith(t)
    assert.equal((await trust(['add', '../outside', '-'], two.certificate)).status, 3)
    assert.ok(!existsSync(at('outside')))
  })

  it('finds the password beside the file, and names no password when it is wrong', async (t) => {
    const jks = Buffer.from('feedfeed0000000200000000', 'hex')
    const { trust, at } = storesWith(t, {
      'a.jks': Buffer.concat([jks, Buffer.alloc(20)]),
      'a.jks.password': 'canary-4711',
    })
    const { status, stdout, stderr } = await trust(['add', 'corp', at('a.jks')])
    assert.equal(status, 3)
    assert.match(stderr, /the password is wrong/)
    assert.doesNotMatch(stdout + stderr, /canary/)
  })

  it('finds the password in a variable that a file beside it names', async (t) => {
    const name = 'VEDETTE_TRUST_PASSWORD_CLI'
    process.env[name] = 'from the environment'
    t.after(() => delete process.env[name])
    const files = { 'a.p12': honestPkcs12([one.der], 'from the environment'), 'a.p12.password-env': name }
    const { trust, at, load } = storesWith(t, files)
    assert.equal((await trust(['add', 'corp', at('a.p12')])).status, 0)
    assert.deepEqual(await load(), trustSetOf('corp', [one]))
  })

  it('says when the folder cannot be written', async (t) => {
    const { trust } = storesWith(t, { stores: 'a file where the folder should be' })
    const { status, stderr } = await trust(['add', 'corp', '-'], one.certificate)
    assert.equal(status, 4)
    assert.match(stderr, /cannot be changed: (ENOTDIR|EEXIST)/)
  })
})

describe('trust list, show and export', () => {
  it('list names every store with its count, and fails for one that cannot be used', async (t) => {
    const files = { 'stores/corp/1.pem': one.certificate + two.certificate, 'stores/lab.pem': one.certificate }
    const { trust, at } = storesWith(t, files)
    const { status, stdout } = await trust(['list'])
    assert.equal(status, 0)
    assert.match(stdout, /^bundled +1\d\d {2}[0-9a-f]{12} {2}first expires \d{4}-/m)
    assert.match(stdout, /^corp +2 {2}/m)
    assert.match(stdout, /^lab +1 {2}/m)
    writeFileSync(at('stores/lab.pem'), 'half a fi')
    const broken = await trust(['list', '--json'])
    assert.equal(broken.status, 3)
    const stores = JSON.parse(broken.stdout) as { name: string; sha256: string; problems: string[] }[]
    assert.deepEqual(
      stores.map(({ name }) => name),
      ['bundled', 'system', 'corp', 'lab'],
    )
    assert.match(`${stores.at(-1)?.problems[0]}`, /lab\.pem: holds no certificate/)
    assert.equal(stores[2]?.sha256, trustSetOf('corp', [one, two]).sha256)
  })

  it('show tells of every certificate once, with all the files that hold it', async (t) => {
    const files = { 'stores/corp/1.pem': one.certificate, 'stores/corp/2.der': one.der, 'stores/corp/3.p12': p12(two) }
    const { trust } = storesWith(t, files)
    const { stdout } = await trust(['show', 'corp'])
    assert.match(stdout, /CN=One\n +sha256 .*\n.*\n.*\n +from +\S*1\.pem, \S*2\.der\n/)
    assert.equal(stdout.match(/sha256/g)?.length, 2)
    const { stdout: json } = await trust(['show', 'corp', '--json'])
    assert.deepEqual(
      (JSON.parse(json) as { sha256: string }[]).map(({ sha256 }) => sha256),
      [one.sha256, two.sha256],
    )
    assert.equal((await trust(['show', 'nowhere'])).status, 3)
  })

  it('export is one bundle that reads back as the same set', async (t) => {
    const { trust, at, load } = storesWith(t, { 'stores/corp/1.p12': p12(one, two), 'stores/corp/2.der': three.der })
    const { stdout } = await trust(['export', 'corp'])
    assert.equal(parsePem(stdout).blocks.length, 3)
    assert.match(stdout, /^# CN=One, until \d{4}-/m)
    const before = await load()
    mkdirSync(at('again/corp'), { recursive: true })
    writeFileSync(at('again/corp/all.pem'), stdout)
    assert.deepEqual((await loadTrustSets({ folder: at('again'), names: ['corp'] })).sets.corp, before)
  })
})

describe('trust remove', () => {
  it('takes a certificate out of every file that holds it and leaves the rest as it was', async (t) => {
    const bundle = `# ours\n${one.certificate}# theirs\n${two.certificate.replaceAll('\n', '\r\n')}# end\n`
    const { trust, at, load } = storesWith(t, { 'stores/corp/all.pem': bundle, 'stores/corp/2.der': two.der })
    const { status, stderr } = await trust(['remove', 'corp', two.sha256.slice(0, 12).toUpperCase()])
    assert.equal(status, 0)
    assert.match(stderr, /corp no longer trusts CN=Two/)
    assert.equal(readFileSync(at('stores/corp/all.pem'), 'utf8'), `# ours\n${one.certificate}# theirs\n# end\n`)
    assert.ok(!existsSync(at('stores/corp/2.der')))
    assert.deepEqual(await load(), trustSetOf('corp', [one]))
  })

  it('undoes an addition', async (t) => {
    const { trust, load } = storesWith(t, { 'stores/corp/1.pem': one.certificate })
    await trust(['add', 'corp', '-'], two.certificate)
    const { stdout } = await trust(['remove', 'corp', two.sha256, '--json'])
    assert.equal((JSON.parse(stdout) as { removed: { sha256: string } }).removed.sha256, two.sha256)
    assert.deepEqual(await load(), trustSetOf('corp', [one]))
  })

  const refused: [why: string, words: string[], status: number, message: RegExp][] = [
    [
      'out of a key store that holds others',
      ['corp', two.sha256],
      3,
      /all\.p12: holds others beside it and is not plain PEM/,
    ],
    ['that is the last one', ['lab', one.sha256], 2, /it is the last certificate of this store/],
    ['that is not there', ['corp', three.sha256], 2, /no certificate in this store begin with/],
    ['by a few digits', ['corp', '1234567'], 2, /expected a SHA-256 fingerprint/],
    ['of a built-in store', ['bundled', one.sha256], 2, /bundled is built in/],
  ]
  for (const [why, words, status, message] of refused) {
    it(`refuses to remove one ${why}, and changes nothing`, async (t) => {
      const files = {
        'stores/corp/all.p12': p12(one, two),
        'stores/corp/two.pem': two.certificate,
        'stores/lab/1.pem': one.certificate,
      }
      const { trust, at, load } = storesWith(t, files)
      const answer = await trust(['remove', ...words])
      assert.equal(answer.status, status)
      assert.match(answer.stderr, message)
      assert.deepEqual(await load(), trustSetOf('corp', [one, two]))
      assert.ok(existsSync(at('stores/corp/two.pem')) && existsSync(at('stores/lab/1.pem')))
    })
  }
})
