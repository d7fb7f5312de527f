import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { before, describe, it } from 'node:test'
import tls from 'node:tls'
import { needTools } from '../../../bench/rig/tools.ts'
import { type Profile, profiles } from '../../../src/policy/catalogue/profiles.ts'
import {
  explainUnusableSignature,
  findSignatureAlgorithm,
  signatureAlgorithms,
} from '../../../src/policy/catalogue/signature-algorithms.ts'

before(() => needTools(['gnutls-cli']))

describe('the catalogue of signature algorithms', () => {
  it('tells what this Node has: OpenSSL takes the name of each that is available, and of no other', () => {
    for (const { openssl, available } of signatureAlgorithms) {
      const take = () => tls.createSecureContext({ sigalgs: openssl })
      if (available) assert.doesNotThrow(take, openssl)
      else assert.throws(take, Error, openssl)
    }
  })

  it('names each once', () => {
    for (const key of ['name', 'openssl', 'code'] as const) {
      assert.equal(new Set(signatureAlgorithms.map((each) => each[key])).size, signatureAlgorithms.length)
    }
  })

  it('comes back from every name', () => {
    for (const { name, openssl, java, gnutls } of signatureAlgorithms) {
      for (const other of [name, openssl, java, gnutls, name.toUpperCase()]) {
        if (other !== null) assert.equal(findSignatureAlgorithm(other)?.name, name, other)
      }
    }
  })

  it('has the names of GnuTLS right (ML-DSA needs a newer one than most machines have)', () => {
    const listed = execFileSync('gnutls-cli', ['--list'], { encoding: 'utf8' })
    for (const { gnutls } of signatureAlgorithms) {
      if (gnutls !== null && !gnutls.includes('ML-DSA')) assert.match(listed, new RegExp(`\\b${gnutls}[,\\n]`))
    }
  })

  const aliases: readonly (readonly [string, string])[] = [
    ['ECDSA+SHA256', 'ecdsa_secp256r1_sha256'],
    ['RSA+SHA256', 'rsa_pkcs1_sha256'],
    ['RSA-PSS+SHA384', 'rsa_pss_rsae_sha384'],
    ['SIGN-EdDSA-Ed25519', 'ed25519'],
    ['rsa_sha224', 'rsa_pkcs1_sha224'],
  ]
  for (const [alias, name] of aliases) {
    it(`knows ${alias}`, () => assert.equal(findSignatureAlgorithm(alias)?.name, name))
  }

  it('calls weak what rests on SHA-1, and good what the default set offers', () => {
    assert.equal(findSignatureAlgorithm('rsa_pkcs1_sha1')?.strength, 'weak')
    for (const [set, profile] of Object.entries<Profile>(profiles)) {
      if (set === 'mozilla-old-5.8') continue
      for (const name of profile.signatureAlgorithms) {
        const found = findSignatureAlgorithm(name)
        assert.deepEqual([found?.name, found?.strength, found?.available], [name, 'good', true])
      }
    }
  })

  it('tells why a name cannot be offered', () => {
    assert.match(explainUnusableSignature('RSA+MD5')?.reason ?? '', /^removed by platform: MD5/)
    assert.equal(explainUnusableSignature('ecdsa_secp256r1_sha25')?.reason, 'unknown signature algorithm')
    assert.match(explainUnusableSignature('ecdsa_secp256r1_sha25')?.hint ?? '', /ecdsa_secp256r1_sha256/)
    assert.equal(explainUnusableSignature('ed25519'), undefined)
  })
})
