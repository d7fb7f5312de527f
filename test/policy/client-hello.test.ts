/**
 * What a policy says about TLS, against the ClientHello that Node really sends for it to a raw socket. OpenSSL skips
 * words it does not know in silence, so only the bytes show that nothing was added or lost.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import tls, { type ConnectionOptions } from 'node:tls'
import { findSuite, suites } from '../../src/policy/catalogue/catalogue.ts'
import { findGroup, groups, readGroups } from '../../src/policy/catalogue/groups.ts'
import type { TlsOffer } from '../../src/policy/policy.ts'
import { offerHello } from '../kit/offer-hello.ts'
import { policyOf } from './policy-text.ts'

const rule = (tls: string) => `rules: [{ name: a, match: [a.example], tls: ${tls} }]`

const specs: readonly (readonly [string, string])[] = [
  ['the newest default set', ''],
  ['the same without post-quantum groups', 'tls: { postQuantum: off }'],
  ['the same with a post-quantum key share', 'tls: { postQuantum: prefer }'],
  ['mozilla-modern', 'tls: { profile: mozilla-modern-6.0 }'],
  ['mozilla-intermediate', 'tls: { profile: mozilla-intermediate-6.0 }'],
  ['stig-tls12', 'tls: { profile: stig-tls12 }'],
  ['sentry-classic', 'tls: { profile: sentry-classic }'],
  [
    'a custom list in an order of its own, under names of three vendors',
    'tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [SSL_RSA_WITH_AES_256_CBC_SHA, ECDHE-RSA-AES128-SHA, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384], groups: [prime256v1] }',
  ],
  [
    'TLS 1.3 alone with one suite',
    'tls: { configuration: custom, protocols: [TLSv1.3], ciphers: [TLS_CHACHA20_POLY1305_SHA256] }',
  ],
  [
    'both protocols in a mixed list',
    'tls: { configuration: custom, ciphers: [ECDHE-ECDSA-AES128-GCM-SHA256, TLS_AES_256_GCM_SHA384, AES128-SHA] }',
  ],
  [
    'TLS 1.0 and 1.1 for one old backend',
    rule(
      '{ configuration: custom, protocols: [TLSv1.1, TLSv1], ciphers: [AES128-SHA, ECDHE-RSA-AES256-SHA], legacy: { securityLevel: 0 } }',
    ),
  ],
  ['groups that only some sites have', 'tls: { configuration: custom, groups: [brainpoolP256r1, X448, ffdhe3072] }'],
]

describe('the ClientHello of a policy offers exactly what the policy says', () => {
  for (const [why, spec] of specs) {
    it(why, async () => {
      const policy = policyOf(spec)
      const offer = (policy.rules[0] ?? policy.unlisted).tls
      const hello = await offerHello(optionsOf(offer))
      assert.deepEqual(hello.versions, offer.protocols.toReversed().slice(0, hello.versions.length))
      assert.equal(hello.versions.length, offer.protocols.includes('TLSv1.3') ? offer.protocols.length : 1)
      const wanted = [...offer.openssl.tls13, ...offer.openssl.legacy].map((name) => findSuite(name)?.code)
      assert.deepEqual(
        hello.ciphers.map((hex) => Number.parseInt(hex, 16)),
        wanted,
      )
      assert.deepEqual(hello.groups.map(groupCode), readGroups(offer.groups).map(groupCode))
      const shares = offer.protocols.includes('TLSv1.3') ? readGroups(offer.groups, 'with key share') : []
      assert.deepEqual(hello.keyShares.map(groupCode), shares.map(groupCode))
    })
  }
})

describe('the size of a ClientHello', () => {
  const sizeOf = async (postQuantum: string, options: ConnectionOptions = {}) => {
    const offer = policyOf(`tls: { postQuantum: ${postQuantum} }`).unlisted.tls
    return (await offerHello({ ...optionsOf(offer), ...options })).size
  }

  it('stays small unless a post-quantum key share is asked for', async () => {
    const [off, compatible, prefer] = [await sizeOf('off'), await sizeOf('compatible'), await sizeOf('prefer')]
    assert.ok(off < 300, `off: ${off} bytes`)
    assert.equal(compatible - off, 2, 'one more group number and nothing else')
    assert.equal(prefer - compatible, 1220, 'the share: 1184 + 32 bytes, its group and its length')
  })

  it("with Node's own suites and a server name is what middleboxes are known to pass, and to choke on", async () => {
    const node = { ciphers: tls.DEFAULT_CIPHERS, servername: 'backend.corp.example' }
    const [compatible, prefer] = [await sizeOf('compatible', node), await sizeOf('prefer', node)]
    assert.ok(compatible > 360 && compatible < 380, `compatible: ${compatible} bytes`)
    assert.ok(prefer > 1580 && prefer < 1600, `prefer: ${prefer} bytes`)
  })
})

describe('the catalogue', () => {
  it('has the number of every suite right', async () => {
    const usable = suites.filter(({ needs }) => needs === undefined)
    const ciphers = `${usable.map(({ openssl }) => openssl).join(':')}:@SECLEVEL=0`
    const hello = await offerHello({ ciphers, minVersion: 'TLSv1' })
    const codes = hello.ciphers.map((hex) => Number.parseInt(hex, 16))
    assert.deepEqual(
      codes,
      usable.map(({ code }) => code),
    )
  })

  it('has the number of every suite with a pre-shared key right', async () => {
    const preShared = suites.filter(({ needs }) => needs === 'a pre-shared key')
    const hello = await offerHello({
      ciphers: `${preShared.map(({ openssl }) => openssl).join(':')}:@SECLEVEL=0`,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.2',
      pskCallback: () => ({ psk: Buffer.alloc(16, 1), identity: 'test' }),
    })
    const codes = hello.ciphers.map((hex) => Number.parseInt(hex, 16))
    assert.deepEqual(
      codes,
      preShared.map(({ code }) => code),
    )
  })

  it('has the number of every group right', async () => {
    const hello = await offerHello({ ecdhCurve: groups.map(({ name }) => name).join(':') })
    assert.deepEqual(
      hello.groups.map(groupCode),
      groups.map(({ code }) => code),
    )
  })
})

function optionsOf({ protocols, openssl, groups, securityLevel }: TlsOffer): ConnectionOptions {
  const level = openssl.legacy.length > 0 ? [`@SECLEVEL=${securityLevel}`] : []
  const options: ConnectionOptions = {
    ciphers: [...openssl.tls13, ...openssl.legacy, ...level].join(':'),
    ecdhCurve: groups,
  }
  const [lowest, highest] = [protocols[0], protocols.at(-1)]
  return { ...options, ...(lowest && { minVersion: lowest }), ...(highest && { maxVersion: highest }) }
}

/** The kit names some groups and gives the hexadecimal number of others. */
function groupCode(name: string): number {
  return findGroup(name)?.code ?? Number.parseInt(name, 16)
}
