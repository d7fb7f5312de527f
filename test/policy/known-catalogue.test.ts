/**
 * Goal: every name in the catalogue is what its library really says. Method: the openssl command and gnutls-cli list
 * all they have by number, and each of our rows with that number must carry that name.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { before, describe, it } from 'node:test'
import tls from 'node:tls'
import { needTools } from '../../bench/rig/tools.ts'
import { suitesIn } from '../../src/policy/catalogue/catalogue.ts'
import { findGroup, groups } from '../../src/policy/catalogue/groups.ts'
import { findKnownGroup, knownGroups } from '../../src/policy/catalogue/known-groups.ts'
import { knownProtocols } from '../../src/policy/catalogue/known-protocols.ts'
import { findKnownSuite, type KnownSuite, knownSuites, knownSuitesIn } from '../../src/policy/catalogue/known-suites.ts'
import { retiredSuite } from '../../src/policy/catalogue/retired.ts'

before(() => needTools(['openssl', 'gnutls-cli']))

const byCode = new Map(knownSuites.map((suite) => [suite.code, suite]))
const linesOf = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: 'utf8' }).split('\n')

describe('the catalogue of all suites', () => {
  it('names each once, and has all that this Node has', () => {
    for (const key of ['iana', 'code'] as const) {
      assert.equal(new Set(knownSuites.map((suite) => suite[key])).size, knownSuites.length)
    }
    const here = knownSuites.filter(({ available }) => available).map(({ openssl }) => openssl?.toLowerCase())
    assert.deepEqual(here.toSorted(), tls.getCiphers().toSorted())
  })

  it('has the names of openssl for every suite that openssl lists', () => {
    const listed = linesOf('openssl', 'ciphers', '-V', '-stdname', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0').filter(Boolean)
    assert.ok(listed.length > 100)
    for (const line of listed) {
      const [code = '', , iana, , openssl] = line.trim().split(/\s+/)
      const known = byCode.get(Number(code.replaceAll(',0x', '')))
      assert.deepEqual([known?.iana, known?.openssl], [iana, openssl])
    }
  })

  it('has the names of GnuTLS for every suite that gnutls-cli lists', () => {
    for (const line of linesOf('gnutls-cli', '--list')) {
      const [, gnutls, high, low] = /^(TLS_\S+)\s+0x(..), 0x(..)\s/.exec(line) ?? []
      const known = byCode.get(Number(`0x${high}${low}`))
      if (known !== undefined) assert.equal(known.gnutls, gnutls)
    }
  })

  it('comes back from every name: Java to IANA to OpenSSL to IANA, SSL_ aliases included', () => {
    for (const { iana, openssl, gnutls, java } of knownSuites) {
      assert.ok(java.some((name) => name.startsWith('SSL_')) && java.some((name) => name.startsWith('TLS_')))
      for (const name of [...java, iana, openssl, gnutls]) {
        if (name !== null) assert.equal(findKnownSuite(name)?.iana, iana, name)
      }
    }
  })

  it('tells of every suite that is not here why', () => {
    for (const { iana, openssl, available, reason } of knownSuites) {
      if (available) continue
      assert.equal(reason, retiredSuite(iana))
      if (openssl !== null) assert.equal(typeof retiredSuite(openssl), 'string', openssl)
    }
  })

  it('follows the runtime: a suite that another Node lacks is known, and not there', () => {
    const without = knownSuitesIn(new Set(tls.getCiphers().filter((name) => name !== 'ecdhe-rsa-aes128-gcm-sha256')))
    const lost = without.filter(({ available }, index) => available !== knownSuites[index]?.available)
    assert.deepEqual(
      lost.map(({ openssl, reason }) => [openssl, reason]),
      [['ECDHE-RSA-AES128-GCM-SHA256', 'this runtime does not have it']],
    )
    assert.deepEqual(
      suitesIn(new Set(['aes128-sha'])).map(({ openssl }) => openssl),
      ['AES128-SHA'],
    )
  })

  const facts: readonly (readonly [string, Partial<KnownSuite>])[] = [
    [
      'ECDHE-RSA-AES128-GCM-SHA256',
      {
        ...{ keyExchange: 'ECDHE', authentication: 'RSA', encryption: 'AES-128-GCM', bits: 128, mac: 'AEAD' },
        ...{ forwardSecrecy: true, strength: 'good', since: '2026-11', until: undefined, available: true },
      },
    ],
    ['AES256-SHA', { keyExchange: 'RSA', bits: 256, mac: 'SHA1', strength: 'weak', since: undefined }],
    ['TLS_AES_128_CCM_8_SHA256', { keyExchange: 'any', authentication: 'any', bits: 128, strength: 'weak' }],
    ['TLS_CHACHA20_POLY1305_SHA256', { encryption: 'CHACHA20-POLY1305', bits: 256, mac: 'AEAD' }],
    [
      'RC4-MD5',
      { java: ['SSL_RSA_WITH_RC4_128_MD5', 'TLS_RSA_WITH_RC4_128_MD5'], strength: 'broken', available: false },
    ],
    ['DES-CBC3-SHA', { bits: 112, strength: 'broken' }],
    ['EXP-RC4-MD5', { bits: 40, strength: 'broken' }],
    ['ADH-AES128-GCM-SHA256', { authentication: 'none', keyExchange: 'DHE', strength: 'broken' }],
    ['NULL-SHA', { bits: 0, encryption: 'NULL', strength: 'broken' }],
    ['ECDHE-ARIA256-GCM-SHA384', { strength: 'good', bits: 256, available: false }],
    ['TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA', { keyExchange: 'SRP', authentication: 'RSA', forwardSecrecy: true }],
    [
      'ECDHE-PSK-AES128-CBC-SHA',
      { keyExchange: 'ECDHE-PSK', authentication: 'PSK', reason: 'needs a pre-shared key, which no rule can give' },
    ],
  ]
  for (const [name, expected] of facts) {
    it(`knows ${name}`, () => {
      const suite = findKnownSuite(name)
      assert.deepEqual({ ...suite, ...expected }, suite)
    })
  }

  it('does not know what never was', () => assert.equal(findKnownSuite('TLS_FOO_WITH_BAR'), undefined))
})

describe('the catalogue of all groups', () => {
  it('has each group of a policy, with its number, and each name once', () => {
    for (const { name, code, aliases } of groups) {
      const known = findKnownGroup(name)
      assert.deepEqual([known?.code, known?.available], [code, true], name)
      assert.ok((known?.bits ?? 0) >= 112, name)
      for (const alias of aliases) assert.equal(findKnownGroup(alias)?.name, name)
    }
    assert.equal(new Set(knownGroups.map(({ code }) => code)).size, knownGroups.length)
  })

  it('has the names of gnutls-cli', () => {
    const listed = linesOf('gnutls-cli', '--list').find((line) => line.startsWith('Groups:')) ?? ''
    const names = listed.replace('Groups: ', '').split(', ')
    assert.ok(names.length > 10)
    for (const name of names) if (!name.startsWith('GROUP-GC')) assert.equal(findKnownGroup(name)?.gnutls, name)
  })

  it('knows withdrawn ones that no policy can name', () => {
    const { available, reason, code } = findKnownGroup('sect571r1') ?? {}
    assert.deepEqual([available, reason, code], [false, 'curves over binary fields were withdrawn by RFC 8422', 14])
    assert.equal(findGroup('sect571r1'), undefined)
  })
})

describe('the catalogue of all protocols', () => {
  it('has those of this Node as available, and the retired ones with the reason', () => {
    for (const { name, available, reason } of knownProtocols) {
      const take = () => tls.createSecureContext({ minVersion: name as tls.SecureVersion })
      if (available) assert.doesNotThrow(take, name)
      else assert.throws(take, name)
      if (!available) assert.match(reason, /SSL 2|SSL 3/)
    }
  })
})
