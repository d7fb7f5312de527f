/**
 * Goal: an upgrade does to the lists what the gateway people come from documents. Its words: defaults "will be updated to
 * the latest defaults"; a custom list "is preserved", but what was removed "will also be removed from the Selected and
 * Available columns", and what is new "will be added to the Available column". Method: two made-up catalogues.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type CatalogueRecord,
  currentCatalogue,
  makeCatalogue,
} from '../../../src/policy/catalogue/catalogue-record.ts'
import {
  type ListMigration,
  migrateCatalogue,
  type PlaceMigration,
} from '../../../src/policy/catalogue/migrate-catalogue.ts'
import { parsePolicy } from '../../../src/policy/document/parse-policy.ts'
import { readYaml } from '../../../src/policy/document/read-yaml.ts'
import { tlsPlaces } from '../../../src/policy/document/tls-places.ts'
import { policyText } from '../policy-text.ts'

const [gcm, gcm256, chacha] = [
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
]
const [rc4, tripleDes, cbc] = [
  'TLS_RSA_WITH_RC4_128_SHA',
  'TLS_RSA_WITH_3DES_EDE_CBC_SHA',
  'TLS_RSA_WITH_AES_128_CBC_SHA',
]
const rest = { groups: ['X25519'], signatureAlgorithms: ['ed25519'] }
const lists = (protocols: string[], ciphers: string[]) => ({ protocols, ciphers, ...rest })

/** RC4 and 3DES go with TLS 1.1; ChaCha20 and TLS 1.3 come; CBC is only taken out of the default set. */
const old = makeCatalogue(
  '2026-05',
  lists(['TLSv1.2', 'TLSv1.1'], [gcm, cbc, tripleDes]),
  lists(['TLSv1.2', 'TLSv1.1'], [gcm, gcm256, cbc, tripleDes, rc4]),
)
const now = makeCatalogue(
  '2026-11',
  lists(['TLSv1.3', 'TLSv1.2'], [gcm, chacha]),
  lists(['TLSv1.3', 'TLSv1.2'], [gcm, gcm256, chacha, cbc]),
)

const migrate = (spec: string, from = old, to = now) =>
  migrateCatalogue(from, to, tlsPlaces(readYaml(policyText(spec), 'policy.yaml').value))
function listsOf(place: PlaceMigration | undefined): PlaceMigration['lists'] {
  assert.ok(place)
  return place.lists
}
const namesLost = ({ lost }: ListMigration) => lost.map(({ name }) => name)

describe('an upgrade of a default configuration', () => {
  const { places, sentences, defaultSet } = migrate('')
  const { ciphers, protocols } = listsOf(places[0])

  it('selects what the newest set has', () => {
    assert.deepEqual(ciphers.selected, [gcm, chacha])
    assert.deepEqual(protocols.selected, ['TLSv1.3', 'TLSv1.2'])
    assert.deepEqual(defaultSet, { from: '2026-05', to: '2026-11' })
  })

  it('tells what left both columns, what only left the set, and what came', () => {
    assert.deepEqual(namesLost(ciphers), [tripleDes])
    assert.deepEqual(ciphers.deselected, [cbc])
    assert.deepEqual(ciphers.newlySelected, [chacha])
    assert.deepEqual(ciphers.available, [gcm256, cbc])
    assert.deepEqual([protocols.lost.length, protocols.newlySelected], [1, ['TLSv1.3']])
  })

  it('says it in sentences', () => {
    assert.deepEqual(sentences, [
      'spec.tls.protocols follows the default set, 2026-11 instead of 2026-05: lost TLSv1.1: withdrawn by RFC 8996, its signatures use SHA-1 and MD5; a rule takes it with security level 0; newly selects TLSv1.3',
      `spec.tls.ciphers follows the default set, 2026-11 instead of 2026-05: lost ${tripleDes}: DES and 3DES are too short (Sweet32), and gone from this OpenSSL; no longer selects ${cbc}; newly selects ${chacha}`,
    ])
  })
})

describe('an upgrade of a custom configuration', () => {
  const custom = `tls: { configuration: custom, protocols: [TLSv1.2, TLSv1.1], ciphers: [SSL_RSA_WITH_RC4_128_SHA, ECDHE-RSA-AES256-GCM-SHA384, ${cbc}] }`
  const { places, sentences } = migrate(custom)
  const { ciphers, protocols, groups } = listsOf(places[0])

  it('keeps the list, in its order, whatever the default set does', () => {
    assert.deepEqual(ciphers.selected, [gcm256, cbc])
    assert.deepEqual([ciphers.deselected, ciphers.newlySelected], [[], []])
  })

  it('removes what the platform no longer has from both columns', () => {
    assert.deepEqual(namesLost(ciphers), [rc4])
    assert.deepEqual(namesLost(protocols), ['TLSv1.1'])
    assert.ok(!ciphers.available.includes(rc4) && !protocols.available.includes('TLSv1.1'))
  })

  it('offers what is new in Available only', () => {
    assert.deepEqual(ciphers.newlyAvailable, [chacha])
    assert.deepEqual(ciphers.available, [gcm, chacha])
    assert.deepEqual([protocols.selected, protocols.available], [['TLSv1.2'], ['TLSv1.3']])
  })

  it('stays custom, and follows the default set in the lists that were never written', () => {
    assert.equal(places[0]?.configuration, 'custom')
    assert.deepEqual([ciphers.follows, groups.follows], ['custom', 'default'])
  })

  it('says it in sentences', () => {
    assert.match(
      sentences[1] ?? '',
      new RegExp(
        `^spec.tls.ciphers keeps its custom list: lost ${rc4}: RC4 .*; newly available, not selected: ${chacha}$`,
      ),
    )
  })

  it('finds a list of which nothing is left, and does not make it a default one', () => {
    const { places, sentences } = migrate('tls: { configuration: custom, ciphers: [RC4-SHA, DES-CBC3-SHA] }')
    assert.deepEqual([places[0]?.lists.ciphers.isEmptied, places[0]?.lists.ciphers.selected], [true, []])
    assert.match(sentences.join('\n'), /nothing is left of it, so the policy cannot come into force/)
  })
})

describe('an upgrade of rules', () => {
  it('treats each that chooses for itself by what it chose, and no other', () => {
    const { places } = migrate(
      `rules:
    - { name: a, match: [a.example], tls: { configuration: custom, ciphers: [RC4-SHA, AES128-SHA] } }
    - { name: b, match: [b.example], sni: false }
    - { name: c, match: [c.example], tls: { profile: stig-tls12 } }
    - { name: d, match: [d.example], tls: { ciphers: [AES128-SHA] } }
  tls: { configuration: custom, protocols: [TLSv1.2] }`.replace(/^ {2}tls:/m, 'tls:'),
    )
    assert.deepEqual(
      places.map(({ place, rule }) => [place, rule]),
      [
        ['spec.tls', null],
        ['spec.rules[0].tls', 'a'],
        ['spec.rules[2].tls', 'c'],
        ['spec.rules[3].tls', 'd'],
      ],
    )
    assert.deepEqual(places[1]?.lists.ciphers.selected, [cbc])
    assert.equal(places[2]?.lists.ciphers.follows, 'profile')
    const { ciphers, protocols } = listsOf(places[3])
    assert.deepEqual([ciphers.follows, protocols.follows, protocols.selected], ['custom', 'custom', ['TLSv1.2']])
  })
})

describe('an upgrade after an upgrade', () => {
  it('does not tell again what was lost before', () => {
    const custom = 'tls: { configuration: custom, ciphers: [RC4-SHA, AES128-SHA] }'
    const later = makeCatalogue('2027-05', now.defaults, { ...now.available, groups: ['X25519', 'P-256'] })
    const { places, sentences } = migrate(custom, now, later)
    assert.deepEqual(listsOf(places[0]).ciphers.lost, [])
    assert.deepEqual(sentences, [
      'spec.tls.groups follows the default set, 2027-05 instead of 2026-11: newly available, not selected: P-256',
    ])
  })
})

describe('no upgrade', () => {
  it('says nothing', () => {
    const today = currentCatalogue()
    assert.deepEqual(migrate('', today, today).sentences, [])
    assert.equal(currentCatalogue().id, today.id)
  })

  it('is seen by the id: another list is another catalogue', () => {
    assert.notEqual(makeCatalogue('2026-11', now.defaults, old.available).id, now.id)
  })
})

describe('a text that was in force under an older catalogue', () => {
  const had: CatalogueRecord = {
    ...currentCatalogue(),
    available: { ...currentCatalogue().available, ciphers: [...currentCatalogue().available.ciphers, rc4, tripleDes] },
  }
  const text = (ciphers: string) =>
    policyText(`tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [${ciphers}] }`)
  const parse = (ciphers: string, appliedUnder = [had]) =>
    parsePolicy(text(ciphers), { file: 'policy.yaml', appliedUnder })

  it('holds without what was lost, and says so at its line', () => {
    const { policy, warnings } = parse('RC4-SHA, ECDHE-RSA-AES128-GCM-SHA256, DES-CBC3-SHA')
    assert.deepEqual(policy.unlisted.tls.ciphers, [gcm])
    assert.deepEqual(
      warnings.map(({ path, severity }) => [path, severity]),
      [
        ['spec.tls.ciphers[0]', 'warning'],
        ['spec.tls.ciphers[2]', 'warning'],
      ],
    )
    assert.match(warnings[0]?.message ?? '', /^RC4-SHA is lost, and left its list: removed by platform: RC4/)
  })

  const refused: readonly (readonly [string, CatalogueRecord[], RegExp, string])[] = [
    ['RC4-SHA, ECDHE-RSA-AES128-GCM-SHA256', [], /removed by platform/, 'a new text is held to what there is'],
    ['RC4-SHA, IDEA-CBC-SHA, AES128-SHA', [had], /IDEA/, 'it names what that catalogue did not have either'],
    ['RC4-SHA, AES129-SHA, AES128-SHA', [had], /unknown cipher suite/, 'it has a slip of the fingers as well'],
    [
      'RC4-SHA, DES-CBC3-SHA',
      [had],
      /spec\.tls\.ciphers: nothing is left of the list/,
      'nothing is left, and a default would widen it',
    ],
  ]
  for (const [ciphers, under, message, why] of refused) {
    it(`is refused: ${why}`, () =>
      assert.throws(() => parse(ciphers, under), { code: 'OPERATOR_BAD_DOCUMENT', message }))
  }
})
