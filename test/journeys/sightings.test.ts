/**
 * What traffic meets becomes sightings, and sightings become rehearsals: the real processes over real sockets, asked by
 * the real commands.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { Sighting } from '../../src/history/sightings.ts'
import type { Rehearsal } from '../../src/processes/control/trials/rehearse.ts'
import { requestThrough } from '../kit/keep-alive-load.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend } from '../kit/start-backend.ts'
import { policyText, startSidecar } from '../kit/start-sidecar.ts'

const corp = await makeTrust(['good.localhost'])
const stranger = await makeCertificate({ subject: 'Stranger', ca: true })
const strange = await makeCertificate({ subject: 'strange', issuer: stranger, sans: { dns: ['strange.localhost'] } })
const hostile = await makeCertificate({ subject: 'hostile', sans: { dns: ['\u001b[31m.localhost'] } })
const trusting = (stores: string, more = '') =>
  `strictTls: { defaultTrustStore: none, customTrustStores: [${stores}]${more} }`
const allowing = trusting('corp', ', allowUntrusted: true')

test('backends that callers met are listed, pinned and rehearsed', async (t) => {
  const good = await startBackend(t, { certificate: corp.leaf, chain: [corp.ca] })
  const odd = await startBackend(t, { certificate: strange, chain: [stranger] })
  const evil = await startBackend(t, { certificate: hostile })
  const goodName = `good.localhost:${good.port}`
  const oddName = `strange.localhost:${odd.port}`
  const evilName = `evil.localhost:${evil.port}`
  const sidecar = await startSidecar(t, { spec: allowing, trust: { corp: corp.ca.certificate } })
  const statusOf = async (name: string) => (await requestThrough(sidecar.proxyPort, `https://${name}/`)).status
  const write = (name: string, spec: string) => writeFileSync(path.join(sidecar.folder, name), policyText(spec))
  const listed = async (...flags: string[]) =>
    JSON.parse((await sidecar.vedette(['backends', '--json', ...flags])).stdout) as Sighting[]

  assert.deepEqual([await statusOf(goodName), await statusOf(oddName), await statusOf(evilName)], [200, 200, 502])
  assert.equal(await statusOf(goodName), 200)
  let backends = await listed()
  // Workers tell what they have noted every second.
  while (backends.length < 3) backends = await listed()

  await t.test('once each, with the verdict and what was found', () => {
    const facts = backends.map(({ authority, outcome, because }) => [authority, outcome, because])
    assert.deepEqual(
      facts.sort(),
      [
        [evilName, 'refused', []],
        [goodName, 'trusted', []],
        [oddName, 'allowed', ['allow-untrusted']],
      ].sort(),
    )
  })

  await t.test('the ledger of untrusted backends is the same list without the trusted ones', async () => {
    assert.deepEqual((await listed('--untrusted')).map(({ authority }) => authority).sort(), [evilName, oddName])
    assert.deepEqual(await listed('--ending-within', '1'), [])
    assert.equal((await listed('--ending-within', '100000')).length, 3)
  })

  await t.test('one in full, with its chain', async () => {
    const { stdout, code } = await sidecar.vedette(['backends', oddName])
    assert.equal(code, 0)
    assert.match(stdout, /finding {3}untrusted-issuer: /)
    assert.match(stdout, /names {5}strange\.localhost/)
    const pem = await sidecar.vedette(['backends', oddName, '--pem'])
    assert.equal(pem.stdout.trim(), [strange, stranger].map(({ certificate }) => certificate.trim()).join('\n'))
  })

  await t.test('one with a terminal sequence for a name, without the terminal acting on it', async () => {
    const { stdout } = await sidecar.vedette(['backends', evilName])
    assert.match(stdout, /finding {3}name-mismatch: .*\[31m\.localhost/)
    assert.match(stdout, /names {5}\S*\[31m\.localhost/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the point.
    assert.doesNotMatch(stdout, /\u001b/)
  })

  await t.test('one that nobody met says so and exits 1', async () => {
    const { code, stderr } = await sidecar.vedette(['backends', 'nobody.localhost'])
    assert.equal(code, 1)
    assert.match(stderr, /never seen/)
  })

  await t.test('pins of what was seen hold when they stand in a rule, each of them alone as well', async () => {
    const { stdout } = await sidecar.vedette(['backends', goodName, '--pins'])
    const block = stdout.trimEnd().split('\n')
    const [own, spare] = [block.length - 2, block.length - 1]
    const outcomeWithout = async (left: readonly number[], more: readonly string[] = []) => {
      const pins = [...block.filter((_, index) => !left.includes(index)), ...more].map((line) => `    ${line}`)
      write('pinned.yaml', [allowing, 'rules:', '  - name: pinned', '    match: [good.localhost]', ...pins].join('\n'))
      const rehearsed = await sidecar.vedette(['rehearse', 'pinned.yaml', '--json'])
      return (JSON.parse(rehearsed.stdout) as Rehearsal).backends.find(({ backend }) => backend === goodName)?.after
    }
    for (const left of [[], [own], [spare]]) {
      const after = await outcomeWithout(left)
      assert.deepEqual([after?.outcome, after?.rule], ['trusted', 'pinned'], `without ${left}`)
    }
    const other = await outcomeWithout([own, spare], [`    - ${stranger.spkiSha256}`])
    assert.deepEqual([other?.outcome, other?.why.includes('pin-mismatch')], ['refused', true])
  })

  await t.test('a tighter candidate tells whom it would break, exits 10, and is not applied', async () => {
    write('strict.yaml', trusting('corp'))
    const before = good.accepted
    const { code, stdout, stderr } = await sidecar.vedette(['rehearse', 'strict.yaml'])
    assert.equal(code, 10)
    assert.match(stdout, new RegExp(`would break +${oddName} +allowed +refused +no rule: .*untrusted-issuer`))
    assert.match(stdout, new RegExp(`unchanged +${goodName} +trusted +trusted`))
    assert.match(stderr, /1 would break, 2 unchanged, against version 1/)
    assert.ok(good.accepted > before, 'it made handshakes of its own')
    write('wild.yaml', `${allowing}\nrules:\n  - { name: wild, match: ["*.localhost"], action: deny }`)
    const wild = await sidecar.vedette(['rehearse', 'wild.yaml'])
    assert.equal(wild.code, 10)
    assert.match(wild.stdout, new RegExp(`would break +${oddName} +allowed +denied +rule wild: the rule denies it`))
    const applied = await sidecar.vedette(['apply', 'strict.yaml', '--rehearse'])
    assert.equal(applied.code, 10)
    assert.match(applied.stderr, /nothing was applied: 1 would break/)
    assert.match((await sidecar.vedette(['status'])).stdout, /^policy +v1 /m)
    assert.equal(await statusOf(oddName), 200)
  })

  await t.test('applied anyway it is in force, and a looser candidate tells whom it would let in', async () => {
    assert.equal((await sidecar.vedette(['apply', 'strict.yaml', '--rehearse', '--anyway'])).code, 0)
    assert.equal(await statusOf(oddName), 502)
    write('loose.yaml', allowing)
    const loose = await sidecar.vedette(['rehearse', 'loose.yaml'])
    assert.equal(loose.code, 0)
    assert.match(loose.stdout, new RegExp(`newly allowed +${oddName} +refused +allowed`))
    writeFileSync(path.join(sidecar.folder, 'stranger.pem'), stranger.certificate)
    await sidecar.vedette(['trust', 'add', 'strangers', 'stranger.pem'])
    write('wider.yaml', trusting('corp, strangers'))
    const wider = await sidecar.vedette(['rehearse', 'wider.yaml'])
    assert.equal(wider.code, 0)
    assert.match(wider.stdout, new RegExp(`newly trusted +${oddName} +refused +trusted`))
  })
})
