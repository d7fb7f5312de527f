import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import tls from 'node:tls'
import { explainUnusableSuite, findSuite, type Suite, suites } from '../../../src/policy/catalogue/catalogue.ts'
import { suiteRows } from '../../../src/policy/catalogue/catalogue-suites.ts'
import { findGroup, groups, readGroups, writeGroups } from '../../../src/policy/catalogue/groups.ts'
import { newestProfile, type Profile, profiles } from '../../../src/policy/catalogue/profiles.ts'

describe('the catalogue of suites', () => {
  it('holds what this Node has, no more and no less (else run test/kit/generate-catalogue.ts)', () => {
    assert.deepEqual(suites.map(({ openssl }) => openssl.toLowerCase()).toSorted(), tls.getCiphers().toSorted())
    assert.equal(suiteRows.length, suites.length)
  })

  it('names each suite once', () => {
    for (const key of ['iana', 'openssl', 'code'] as const) {
      assert.equal(new Set(suites.map((suite) => suite[key])).size, suites.length)
    }
  })

  const known: readonly (readonly [string, Partial<Suite>])[] = [
    [
      'ECDHE-RSA-AES128-GCM-SHA256',
      {
        iana: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
        code: 0xc02f,
        protocols: ['TLSv1.2'],
        inDefault: true,
        weaknesses: [],
      },
    ],
    [
      'SSL_RSA_WITH_AES_128_CBC_SHA',
      { openssl: 'AES128-SHA', weaknesses: ['no-forward-secrecy', 'cbc'], inDefault: false },
    ],
    ['tls_ecdhe_ecdsa_with_aes_256_cbc_sha', { forwardSecrecy: true, protocols: ['TLSv1', 'TLSv1.1', 'TLSv1.2'] }],
    ['TLS_AES_128_GCM_SHA256', { openssl: 'TLS_AES_128_GCM_SHA256', protocols: ['TLSv1.3'], forwardSecrecy: true }],
    ['TLS_AES_128_CCM_8_SHA256', { weaknesses: ['short-tag'] }],
    ['DHE-RSA-AES128-SHA', { forwardSecrecy: true, weaknesses: ['cbc'] }],
    ['PSK-AES128-GCM-SHA256', { needs: 'a pre-shared key', forwardSecrecy: false }],
    ['ECDHE-PSK-AES128-CBC-SHA', { needs: 'a pre-shared key', forwardSecrecy: true }],
  ]
  for (const [name, facts] of known) {
    it(`knows ${name}`, () => assert.deepEqual({ ...findSuite(name), ...facts }, findSuite(name)))
  }

  it('comes back from every name: Java to IANA to OpenSSL to IANA', () => {
    for (const { iana, openssl, java } of suites) {
      for (const name of java) assert.equal(findSuite(name)?.iana, iana, name)
      assert.equal(findSuite(iana)?.openssl, openssl)
      assert.equal(findSuite(openssl)?.iana, iana)
    }
  })

  const retired: readonly (readonly [string, RegExp])[] = [
    ['RC4-SHA', /RC4/],
    ['SSL_RSA_WITH_RC4_128_MD5', /RC4/],
    ['ECDHE-RSA-RC4-SHA', /RC4/],
    ['SSL_CK_RC4_128_WITH_MD5', /RC4/],
    ['DES-CBC3-SHA', /3DES/],
    ['SSL_RSA_WITH_3DES_EDE_CBC_SHA', /3DES/],
    ['EDH-RSA-DES-CBC3-SHA', /3DES/],
    ['TLS_RSA_WITH_DES_CBC_SHA', /DES/],
    ['EXP-RC4-MD5', /EXPORT/],
    ['EXP1024-DES-CBC-SHA', /EXPORT/],
    ['TLS_RSA_EXPORT_WITH_RC4_40_MD5', /EXPORT/],
    ['NULL-SHA', /encrypts nothing/],
    ['TLS_RSA_WITH_NULL_SHA256', /encrypts nothing/],
    ['ADH-AES128-SHA', /anonymous/],
    ['AECDH-AES256-SHA', /anonymous/],
    ['TLS_DH_anon_WITH_AES_128_CBC_SHA', /anonymous/],
    ['DHE-DSS-AES128-SHA', /DSS/],
    ['TLS_DHE_DSS_WITH_AES_256_GCM_SHA384', /DSS/],
    ['IDEA-CBC-SHA', /IDEA/],
    ['SEED-SHA', /SEED/],
    ['GOST2001-GOST89-GOST89', /GOST/],
    ['TLS_KRB5_WITH_AES_128_CBC_SHA', /Kerberos/],
    ['CAMELLIA256-SHA', /CAMELLIA/],
    ['ECDHE-ARIA128-GCM-SHA256', /ARIA/],
    ['ECDHE-ECDSA-AES128-CCM', /CCM/],
    ['TLS_ECDH_RSA_WITH_AES_128_CBC_SHA', /fixed ECDH/],
    ['DH-RSA-AES128-SHA', /fixed ECDH and DH/],
    ['TLS_EMPTY_RENEGOTIATION_INFO_SCSV', /a signal/],
  ]
  for (const [name, reason] of retired) {
    it(`tells why ${name} is gone`, () => {
      const fault = explainUnusableSuite(name)
      assert.match(fault?.reason ?? '', /^removed by platform: /)
      assert.match(fault?.reason ?? '', reason)
    })
  }

  const never = ['', 'AES', 'FOO-SHA', 'TLS_FOO_WITH_BAR', 'RC4-SHA-please', 'rc4', 'x'.repeat(10_000)]
  for (const name of never) {
    it(`does not take ${name.slice(0, 20)} for a suite that is gone`, () => {
      const reason = explainUnusableSuite(name)?.reason ?? ''
      assert.ok(reason !== '' && !(reason.includes('removed') && name !== 'rc4'), reason)
    })
  }
  for (const word of ['HIGH', '!aNULL', 'ALL:@SECLEVEL=0', 'kRSA', 'A:B', '+RSA', 'DEFAULT', 'TLSv1.2']) {
    it(`knows ${word} for a word of an OpenSSL cipher string`, () => {
      assert.match(explainUnusableSuite(word)?.reason ?? '', /is a word of an OpenSSL cipher string/)
    })
  }
})

describe('the default sets', () => {
  for (const [name, profile] of Object.entries(profiles) as [string, Profile][]) {
    it(`${name} names suites and groups of this runtime, with a suite for each protocol`, () => {
      const named = profile.ciphers.map((iana) => findSuite(iana))
      assert.ok(named.every((suite) => suite !== undefined && suite.needs === undefined))
      assert.deepEqual(
        named.map((suite) => suite?.iana),
        [...profile.ciphers],
      )
      assert.ok(profile.groups.every((group) => findGroup(group)?.name === group))
      for (const protocol of profile.protocols) {
        assert.ok(
          named.some((suite) => suite?.protocols.includes(protocol)),
          protocol,
        )
      }
    })
  }

  it('of today have forward secrecy and authenticated encryption only', () => {
    for (const name of [newestProfile, 'mozilla-modern-6.0', 'mozilla-intermediate-6.0', 'stig-tls12'] as const) {
      assert.ok(
        profiles[name].ciphers.every((iana) => findSuite(iana)?.weaknesses.length === 0),
        name,
      )
    }
  })
})

describe('groups', () => {
  it('are found by the names that other programs have for them', () => {
    for (const name of ['P-256', 'secp256r1', 'prime256v1', 'PRIME256V1']) assert.equal(findGroup(name)?.name, 'P-256')
    assert.equal(findGroup('x25519mlkem768')?.name, 'X25519MLKEM768')
    assert.equal(findGroup('P-255'), undefined)
  })

  it('are all known to this OpenSSL under their own name', () => {
    for (const { name } of groups) assert.doesNotThrow(() => tls.createSecureContext({ ecdhCurve: name }), name)
  })

  const written: readonly (readonly [readonly string[], 'off' | 'compatible' | 'prefer', string, string])[] = [
    [['X25519', 'P-256'], 'off', '*X25519:P-256', 'the first classic group brings the share'],
    [['X25519MLKEM768', 'X25519'], 'compatible', 'X25519MLKEM768:*X25519', 'offered, but without its large share'],
    [['X25519MLKEM768', 'X25519'], 'prefer', '*X25519MLKEM768:*X25519', 'both shares: no second round trip'],
    [['brainpoolP256r1', 'X25519'], 'off', 'brainpoolP256r1:*X25519', 'a share needs a group of TLS 1.3'],
    [['X25519MLKEM768'], 'compatible', '*X25519MLKEM768', 'with nothing else there is no other share to bring'],
  ]
  for (const [names, postQuantum, list, why] of written) {
    it(`are written as ${list}: ${why}`, () => {
      assert.equal(writeGroups(names, postQuantum), list)
      assert.deepEqual(readGroups(list), names)
    })
  }
})
