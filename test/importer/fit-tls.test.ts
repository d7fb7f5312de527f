/** Goal: what is fitted compiles and offers nothing that was not asked for. Method: wishes of any shape. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { fitTls } from '../../src/importer/fit-tls.ts'
import type { Place } from '../../src/importer/report.ts'
import type { TlsWish } from '../../src/importer/tls-wish.ts'
import { suites } from '../../src/policy/catalogue/catalogue.ts'
import { groups } from '../../src/policy/catalogue/groups.ts'
import { newestProfile, profiles } from '../../src/policy/catalogue/profiles.ts'
import { signatureAlgorithms } from '../../src/policy/catalogue/signature-algorithms.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { writePolicy } from '../../src/policy/document/write-policy.ts'

const at: Place = { file: 'document', line: 1, text: '' }
const said = <T>(value: fc.Arbitrary<T>) =>
  fc.option(
    value.map((each) => ({ value: each, at })),
    { nil: undefined },
  )
const wishes = fc
  .record({
    protocols: said(fc.subarray(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const)),
    legacy: said(fc.subarray(suites.filter(({ protocols }) => protocols[0] !== 'TLSv1.3').map(({ iana }) => iana))),
    tls13: said(fc.subarray(suites.filter(({ protocols }) => protocols[0] === 'TLSv1.3').map(({ iana }) => iana))),
    groups: said(fc.subarray(groups.map(({ name }) => name))),
    signatureAlgorithms: said(
      fc.subarray(signatureAlgorithms.filter(({ available }) => available).map(({ name }) => name)),
    ),
    unsafeRenegotiation: said(fc.constant(true as const)),
    securityLevel: said(fc.integer({ min: 0, max: 5 })),
  })
  .map((each) => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)) as TlsWish)

const offerOf = (wish: TlsWish, scope: 'policy' | 'rule') => {
  const tls = fitTls(wish, { scope, tell: () => {} })
  const rule = { name: 'a', match: ['a.example'], ...(tls === undefined ? {} : { tls }) }
  const spec = scope === 'rule' ? { rules: [rule] } : tls === undefined ? {} : { tls }
  const { policy } = parsePolicy(writePolicy({ metadata: { name: 'test' }, spec }), { file: 'test' })
  return (policy.rules[0] ?? policy.unlisted).tls
}

describe('TLS settings brought into a policy', () => {
  it('compile, and offer what was asked for or the default set', () => {
    fc.assert(
      fc.property(wishes, fc.constantFrom('policy' as const, 'rule' as const), (wish, scope) => {
        const offer = offerOf(wish, scope)
        if (offer.configuration === 'default') return
        const asked = [...(wish.legacy?.value ?? []), ...(wish.tls13?.value ?? [])]
        const unasked = offer.ciphers.filter((name) => !asked.includes(name))
        const isOld = (name: string) => /CBC_SHA$/.test(name) && wish.legacy === undefined
        for (const name of unasked) {
          const list = name.includes('_WITH_') ? wish.legacy : wish.tls13
          assert.equal(list, undefined, `${name} was not asked for`)
          assert.ok(isOld(name) || (profiles[newestProfile].ciphers as readonly string[]).includes(name), name)
        }
        if (wish.protocols !== undefined)
          for (const each of offer.protocols) assert.ok(wish.protocols.value.includes(each as never))
        const signatures = wish.signatureAlgorithms?.value ?? []
        const usual = profiles[newestProfile].signatureAlgorithms as readonly string[]
        const isAsked = offer.signatureAlgorithms.every((name) => signatures.includes(name))
        const isUsual = offer.signatureAlgorithms.every((name) => usual.includes(name) || /sha1$/.test(name))
        assert.ok(isAsked || isUsual, offer.signatureAlgorithms.join())
        assert.equal(offer.unsafeRenegotiation, wish.unsafeRenegotiation !== undefined && scope === 'rule')
      }),
      { numRuns: 1_000 },
    )
  })

  it('tell which suites come along where an old protocol is asked for and no suites are named', () => {
    const told: string[] = []
    const wish: TlsWish = { protocols: { value: ['TLSv1'], at }, securityLevel: { value: 0, at } }
    const tls = fitTls(wish, { scope: 'rule', tell: (_place, result, says) => told.push(`${result}: ${says}`) })
    assert.equal(tls?.ciphers?.length, 4)
    assert.ok(
      told.includes(
        'changed: no suite of the default set works before TLSv1.2: ECDHE-ECDSA-AES256-SHA, ECDHE-RSA-AES256-SHA, ECDHE-ECDSA-AES128-SHA, ECDHE-RSA-AES128-SHA are offered as well',
      ),
      told.join('\n'),
    )
  })

  const lists: readonly (readonly [string[], string[] | undefined, string])[] = [
    [
      ['ed25519', 'rsa_pss_rsae_sha256', 'ecdsa_secp256r1_sha256'],
      ['ed25519', 'rsa_pss_rsae_sha256', 'ecdsa_secp256r1_sha256'],
      'taken: signature algorithms: ed25519, rsa_pss_rsae_sha256, ecdsa_secp256r1_sha256',
    ],
    [
      ['rsa_pss_rsae_sha256', 'ecdsa_secp256r1_sha256', 'rsa_pkcs1_sha1'],
      ['rsa_pss_rsae_sha256', 'ecdsa_secp256r1_sha256'],
      'changed: signature algorithms: rsa_pss_rsae_sha256, ecdsa_secp256r1_sha256; without rsa_pkcs1_sha1, which nothing here would use',
    ],
    [
      ['rsa_pkcs1_sha256'],
      undefined,
      'changed: not every protocol and suite chosen could be proven by them: the signature algorithms of the default set hold instead',
    ],
  ]
  for (const [asked, taken, says] of lists) {
    it(`take signature algorithms where they prove all that is offered: ${asked.join(', ')}`, () => {
      const told: string[] = []
      const tell = (_place: Place, result: string, words: string) => void told.push(`${result}: ${words}`)
      const tls = fitTls({ signatureAlgorithms: { value: asked, at } }, { scope: 'policy', tell })
      assert.deepEqual(tls?.signatureAlgorithms, taken)
      assert.ok(told.includes(says), told.join('\n'))
    })
  }

  it('have a lower security level, and old protocols, only in a rule that asked for it', () => {
    const wish: TlsWish = {
      protocols: { value: ['TLSv1', 'TLSv1.1', 'TLSv1.2'], at },
      securityLevel: { value: 0, at },
    }
    assert.equal(offerOf(wish, 'policy').securityLevel, 2)
    assert.deepEqual(offerOf(wish, 'policy').protocols, ['TLSv1.2'])
    assert.equal(offerOf(wish, 'rule').securityLevel, 0)
    assert.deepEqual(offerOf(wish, 'rule').protocols, ['TLSv1', 'TLSv1.1', 'TLSv1.2'])
    const holed: TlsWish = { ...wish, protocols: { value: ['TLSv1', 'TLSv1.2'], at } }
    assert.deepEqual(offerOf(holed, 'rule').protocols, ['TLSv1.2'])
    assert.deepEqual(offerOf({ protocols: { value: ['TLSv1', 'TLSv1.2'], at } }, 'rule').protocols, ['TLSv1.2'])
  })

  it('follow the default set where they say what it says', () => {
    assert.equal(offerOf({ protocols: { value: ['TLSv1.2', 'TLSv1.3'], at } }, 'policy').configuration, 'default')
  })
})
