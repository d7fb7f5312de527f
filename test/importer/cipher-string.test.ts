/**
 * Goal: a cipher string means here what it means to OpenSSL. Method: the openssl command of the machine expands each
 * string too; suites that this Node lacks are taken out of its answer, order is compared as well.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { before, describe, it } from 'node:test'
import fc from 'fast-check'
import { needTools } from '../../bench/rig/tools.ts'
import { expandCipherString } from '../../src/importer/cipher-string.ts'
import { findSuite } from '../../src/policy/catalogue/catalogue.ts'

before(() => needTools(['openssl']))

/** IANA names in order; an error of openssl is an empty list. */
function asOpenssl(text: string): string[] {
  let answer = ''
  try {
    answer = execFileSync('openssl', ['ciphers', '-v', '-ciphersuites', '', text], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString()
  } catch {
    return []
  }
  const names = answer.split('\n').map((line) => line.split(/\s+/)[0] ?? '')
  return names.flatMap((name) => findSuite(name)?.iana ?? [])
}

const check = (text: string) => assert.deepEqual(expandCipherString(text).suites, asOpenssl(text), text)

describe('a cipher string expands to what openssl says, minus what this Node lacks', () => {
  const strings = [
    ...['DEFAULT', 'ALL', 'HIGH', 'HIGH:!aNULL', 'HIGH:!aNULL:!MD5', 'HIGH:!aNULL:!SSLv2:!DH:!kDHEPSK'],
    'TLSv1.2:TLSv1.1:TLSv1:AES256:AES128:!3DES:HIGH:!LOW:!MEDIUM:!EXP:!NULL:!eNULL:!aNULL:@STRENGTH',
    ...['HIGH, MEDIUM, ADH', 'ECDHE+AESGCM:ECDHE+CHACHA20:!PSK', 'EECDH+ECDSA+AESGCM EECDH+aRSA+AESGCM'],
    ...['ALL:-AES128:AES128', 'ALL:+AES256', 'ALL:!RSA', 'AES256:AES128:-RSA:RSA', 'DEFAULT:+ECDHE', 'kRSA:!AES256'],
    ...['AES:@STRENGTH', 'CHACHA20:AES:@STRENGTH', 'ALL:-AES:AESGCM:-AESGCM:AES', 'DEFAULT:@SECLEVEL=1', 'FIPS'],
    ...['FIPS:!DH:!kDHEPSK', 'SUITEB128', 'SUITEB192', 'SUITEB128ONLY', 'AES128-SHA:DEFAULT', 'DEFAULT:-ECDHE'],
    ...['ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256', 'AES128-SHA:FOO:AES256-SHA', 'FOO+AES:AES256'],
    ...['TLSv1', 'SSLv3', 'TLSv1.0', 'TLSv1.2+SHA256', 'SHA384+ECDSA', 'CBC', 'AESCCM:AES', 'SRP:PSK', 'aPSK'],
    ...['COMPLEMENTOFDEFAULT:AES128', 'AESCCM8+ECDHE:SHA384'],
    ...['DEFAULT!RSA', 'DEFAULT@STRENGTH', 'ALL:!COMPLEMENTOFDEFAULT:!eNULL', 'HIGH;AES', 'high:AES256', '!AES:AES'],
  ]
  for (const text of strings) {
    it(text, () => {
      assert.ok(asOpenssl(text).length > 0 || text === '!AES:AES', 'openssl expands it to something')
      check(text)
    })
  }

  const word = fc.constantFrom(
    ...['ALL', 'HIGH', 'AES', 'AES128', 'AES256', 'AESGCM', 'CHACHA20', 'RSA', 'kRSA', 'aRSA', 'ECDHE', 'DHE', 'ECDSA'],
    ...[
      'PSK',
      'kECDHEPSK',
      'aPSK',
      'SRP',
      'SHA1',
      'SHA256',
      'SHA384',
      'TLSv1',
      'TLSv1.2',
      'SSLv3',
      'FIPS',
      'CBC',
      'FOO',
    ],
    ...['AES128-SHA', 'ECDHE-RSA-AES256-SHA384', 'AES+ECDHE', 'SHA256+aRSA', 'AESGCM+FOO', '3DES', 'CAMELLIA', 'EXP'],
  )
  const entry = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constantFrom('', '', '', '+', '-', '!'), word).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: fc.constantFrom('@STRENGTH', '@SECLEVEL=0', '@SECLEVEL=3') },
  )
  it('any string of such words', () => {
    const strings = fc
      .array(entry, { minLength: 1, maxLength: 8 })
      .map((entries) => ['AES128-SHA', ...entries].join(':'))
    fc.assert(fc.property(strings, check), { numRuns: 150 })
  })
})

describe('what a cipher string leaves to be said', () => {
  const rows: [string, string, RegExp | undefined][] = [
    ['HIGH, MEDIUM, ADH', 'dangerous', /^ADH: anonymous suites let anyone pose/],
    ['ALL:aNULL', 'dangerous', /^aNULL: anonymous/],
    ['ADH-AES128-SHA', 'dangerous', /^ADH-AES128-SHA: anonymous/],
    ['AECDH', 'dangerous', /anonymous/],
    ['eNULL', 'dangerous', /encrypt nothing/],
    ['ECDHE-RSA-NULL-SHA', 'dangerous', /encrypt nothing/],
    ['EXP', 'dangerous', /made to be broken/],
    ['HIGH:!ADH:!aNULL:!eNULL:!EXP', '', undefined],
    ['HIGH:-aNULL', '', undefined],
    ['RC4-SHA:AES128-SHA', 'ignored', /RC4-SHA: removed by platform: RC4/],
    ['3DES:AES', 'ignored', /3DES: this platform has no such suite/],
    ['AES:MISTYPED', 'ignored', /MISTYPED is no word/],
    ['AES:!MISTYPED', 'ignored', /!MISTYPED is no word/],
    ['AES:constructor', 'ignored', /constructor is no word/],
    ['AES:DEFAULT', 'ignored', /first word only/],
    ['AES:@FOO', 'ignored', /@FOO is no command/],
  ]
  for (const [text, result, says] of rows) {
    it(`${text}: ${result || 'nothing'}`, () => {
      const { remarks } = expandCipherString(text)
      if (says === undefined)
        assert.deepEqual(
          remarks.filter((each) => each.result === 'dangerous'),
          [],
        )
      else
        assert.ok(
          remarks.some((each) => each.result === result && says.test(each.says)),
          JSON.stringify(remarks),
        )
    })
  }

  it('tells the security level', () => {
    assert.equal(expandCipherString('ALL:@SECLEVEL=0').securityLevel, 0)
    assert.equal(expandCipherString('ALL').securityLevel, undefined)
    assert.equal(expandCipherString('ALL:@SECLEVEL=9').securityLevel, undefined)
  })

  it('never fails, whatever it is given', () => {
    fc.assert(fc.property(fc.string(), (text) => expandCipherString(text).suites.every((name) => findSuite(name))))
  })
})
