/**
 * Goal: a priority string means here what it means to GnuTLS. Method: gnutls-cli expands each string too; suites that
 * this Node lacks are taken out of its answer. DTLS is switched off in what it is asked, for we have none.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { before, describe, it } from 'node:test'
import fc from 'fast-check'
import { needTools } from '../../bench/rig/tools.ts'
import { expandPriorityString } from '../../src/importer/gnutls-priority.ts'
import { suites } from '../../src/policy/catalogue/catalogue.ts'
import { findGroup } from '../../src/policy/catalogue/groups.ts'
import { newestProfile, profiles } from '../../src/policy/catalogue/profiles.ts'

before(() => needTools(['gnutls-cli']))

const byCode = new Map(suites.map(({ code, iana }) => [code, iana]))

function asGnutls(text: string) {
  const { status, stdout } = spawnSync('gnutls-cli', ['--list', '--priority', `${text}:-VERS-DTLS-ALL`], {
    encoding: 'utf8',
  })
  if (status !== 0) return undefined
  const codes = [...stdout.matchAll(/^TLS_\S+\s+0x(..), 0x(..)\s/gm)].map(([, high, low]) => Number(`0x${high}${low}`))
  const list = (title: string) => (new RegExp(`^${title}: (.*)$`, 'm').exec(stdout)?.[1] ?? '').split(', ')
  const protocol = (name: string) => name.replace('VERS-TLS1.0', 'TLSv1').replace('VERS-TLS', 'TLSv')
  const protocols = list('Protocols')
    .filter((each) => each.startsWith('VERS'))
    .map(protocol)
  // With PSK among the exchanges it lists suites of TLS 1.2 beside TLS 1.3 alone, which no version could use.
  const isOnly13 = protocols.every((each) => each === 'TLSv1.3')
  const listed = isOnly13 ? codes.filter((code) => code >> 8 === 0x13) : codes
  return {
    protocols,
    suites: listed.flatMap((code) => byCode.get(code) ?? []),
    groups: list('Groups').flatMap((name) => findGroup(name.replace('GROUP-', ''))?.name ?? []),
  }
}

function check(text: string): void {
  const expected = asGnutls(text)
  const expansion = expandPriorityString(text)
  if ('unknown' in expansion) return assert.equal(expected, undefined, text)
  const { protocols, suites, groups } = expansion
  // Where nothing is left, GnuTLS gives up; an import says so and goes on.
  if (expected === undefined) return assert.ok(suites.length === 0 || groups.length === 0, text)
  assert.deepEqual({ protocols, suites, groups }, expected, text)
}

describe('a priority string expands to what gnutls-cli says, minus what this Node lacks', () => {
  const strings = [
    ...['NORMAL', 'PERFORMANCE', 'PFS', 'SECURE128', 'SECURE192', 'SECURE256', 'SUITEB128', 'SUITEB192', 'LEGACY'],
    'SECURE128:-VERS-TLS-ALL:+VERS-TLS1.2:-RSA:-DHE-DSS:-CAMELLIA-128-CBC:-CAMELLIA-256-CBC:-AES-256-CBC:-AES-128-CBC:+COMP-NULL:%SAFE_RENEGOTIATION:%SERVER_PRECEDENCE',
    ...['NORMAL:-VERS-ALL:+VERS-TLS1.3', 'NORMAL:-VERS-TLS1.0:-VERS-TLS1.1', 'NORMAL:+SHA256:+SHA384', 'normal:-rsa'],
    ...['NORMAL:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM', 'SECURE256:+SECURE128', 'NORMAL:+PSK:+DHE-PSK:+SRP', '@FOO'],
    ...['NONE:+VERS-TLS1.2:+AES-128-GCM:+ECDHE-RSA:+AEAD:+SIGN-ALL:+GROUP-SECP256R1', 'NORMAL:!AES-128-CBC:%COMPAT'],
    ...['NORMAL:-GROUP-ALL:+GROUP-X25519', 'NORMAL:-KX-ALL:+RSA', 'NORMAL:-MAC-ALL:+SHA1', 'NORMAL:+ANON-ECDH', 'FOO'],
    ...[
      'NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:+SHA256',
      'NORMAL:+FOO',
      'NORMAL:FOO',
      'NORMAL:-SHA1:-CURVE-SECP256R1',
    ],
    'NORMAL:-VERS-ALL:+VERS-TLS1.3:+PSK',
    ...['NORMAL:+MAC-ALL', 'NORMAL:+VERS-ALL:-AES-256-CCM:+AES-128-CCM-8'],
  ]
  for (const text of strings.filter((each) => !each.startsWith('@'))) it(text, () => check(text))

  const item = fc.constantFrom(
    ...[
      'AES-128-GCM',
      'AES-256-GCM',
      'AES-128-CBC',
      'AES-256-CBC',
      'CHACHA20-POLY1305',
      'CAMELLIA-128-CBC',
      '3DES-CBC',
    ],
    ...['RSA', 'DHE-RSA', 'ECDHE-RSA', 'ECDHE-ECDSA', 'PSK', 'SHA1', 'SHA256', 'SHA384', 'AEAD', 'VERS-TLS1.2'],
    ...['VERS-TLS1.3', 'VERS-TLS1.0', 'GROUP-X25519', 'GROUP-SECP256R1', 'GROUP-FFDHE2048', 'VERS-ALL', 'VERS-TLS-ALL'],
  )
  const string = fc
    .tuple(
      fc.constantFrom('NORMAL', 'PFS', 'PERFORMANCE', 'SECURE128', 'SECURE256', 'NORMAL'),
      fc.array(
        fc.tuple(fc.constantFrom('+', '-', '!'), item).map((parts) => parts.join('')),
        { maxLength: 6 },
      ),
    )
    .map(([first, items]) => [first, ...items].join(':'))
  it('any string of such words', () => fc.assert(fc.property(string, check), { numRuns: 120 }))
})

describe('the names of GnuTLS', () => {
  it('of every suite are those of gnutls-cli --list', () => {
    const listed = execFileSync('gnutls-cli', ['--list'], { encoding: 'utf8' })
    const names = new Map(
      [...listed.matchAll(/^(TLS_\S+)\s+0x(..), 0x(..)\s/gm)].map(([, name, high, low]) => [
        Number(`0x${high}${low}`),
        name,
      ]),
    )
    for (const { iana, code, gnutls } of suites) assert.equal(gnutls, names.get(code), iana)
  })
})

describe('what a priority string leaves to be said', () => {
  const rows: [string, string, RegExp][] = [
    ['NORMAL:+ANON-DH', 'dangerous', /anyone pose/],
    ['NORMAL:+NULL', 'dangerous', /encrypts nothing/],
    ['NORMAL:%UNSAFE_RENEGOTIATION', 'dangerous', /RFC 5746/],
    ['NORMAL:%SAFE_RENEGOTIATION', 'taken', /by itself/],
    ['NORMAL:+COMP-NULL', 'ignored', /no compression/],
    ['NORMAL:%COMPAT', 'ignored', /give a rule/],
    ['NORMAL:+CAMELLIA-128-CBC', 'ignored', /no such suite/],
    ['NORMAL:+VERS-SSL3.0', 'ignored', /removed by platform/],
    ['@SYSTEM:-RSA', 'changed', /NORMAL is taken/],
  ]
  for (const [text, result, says] of rows) {
    it(`${text}: ${result}`, () => {
      const expansion = expandPriorityString(text)
      assert.ok(
        'remarks' in expansion && expansion.remarks.some((each) => each.result === result && says.test(each.says)),
      )
    })
  }
  const signatures: [string, readonly string[] | undefined][] = [
    ['NORMAL', undefined],
    ['NORMAL:-SIGN-ALL:+SIGN-RSA-SHA256:+SIGN-ECDSA-SECP256R1-SHA256', ['rsa_pkcs1_sha256', 'ecdsa_secp256r1_sha256']],
    ['NORMAL:-SIGN-ALL:+SIGN-EDDSA-ED25519:+SIGN-RSA-MD5', ['ed25519']],
    ['NORMAL:-SIGN-ALL:+SIGN-ALL', undefined],
    [
      'NORMAL:-SIGN-RSA-SHA256',
      profiles[newestProfile].signatureAlgorithms.filter((name) => name !== 'rsa_pkcs1_sha256'),
    ],
  ]
  for (const [text, expected] of signatures) {
    it(`${text}: ${expected?.length ?? 'the usual'} signature algorithms`, () => {
      const expansion = expandPriorityString(text)
      assert.deepEqual('unknown' in expansion ? [] : expansion.signatureAlgorithms, expected)
    })
  }

  it('never fails, whatever it is given', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof expandPriorityString(text) === 'object'))
    fc.assert(fc.property(fc.string(), (text) => typeof expandPriorityString(`NORMAL:+${text}`) === 'object'))
  })
})
