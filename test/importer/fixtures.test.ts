/**
 * Goal: real configurations import whole. Method: every file of test/vectors/imports is imported; the policy must hold,
 * every line that means anything must be reported, and the lines below must come out as their table says.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Imported } from '../../src/importer/import-document.ts'
import { type ImportKind, kindNames } from '../../src/importer/kinds.ts'
import { readDocument } from '../../src/policy/document/document.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { settingsSchema } from '../../src/settings/schema.ts'
import { importText } from './import-text.ts'

const folder = fileURLToPath(new URL('../vectors/imports/', import.meta.url))
const kindOf = (file: string): ImportKind =>
  kindNames.find((kind) => file.includes(`.${kind}.`)) ??
  ({ 'full.openssl.cnf': 'openssl' } as const)[file] ??
  'postfix'

async function importFixture(file: string): Promise<Imported> {
  const read = (named: string) => {
    if (!readdirSync(folder).includes(named)) return []
    return [{ file: named, text: readFileSync(folder + named, 'utf8') }]
  }
  return importText(kindOf(file), readFileSync(folder + file, 'utf8'), read)
}

describe('every fixture', () => {
  for (const file of readdirSync(folder)) {
    it(`${file} gives a policy without errors and a remark for every line`, async () => {
      const { policy, report } = await importFixture(file)
      assert.doesNotThrow(() => parsePolicy(policy, { file }))
      const lines = readFileSync(folder + file, 'utf8').split('\n')
      const spoken = new Set(report.filter((each) => each.file === 'document').map(({ line }) => line))
      for (const [index, line] of lines.entries()) {
        // A JSON document is reported by its parts.
        if (/^\s*([#;!}].*)?$/.test(line) || file.endsWith('.json')) continue
        const goesOn = /\\$|:$/.test(lines[index - 1] ?? '') || (kindOf(file) === 'postfix' && /^\s/.test(line))
        assert.ok(goesOn || spoken.has(index + 1), `${file}:${index + 1} ${line}`)
      }
    })
  }

  it('there is one for every kind', () => {
    assert.deepEqual(new Set(readdirSync(folder).map(kindOf)), new Set(kindNames))
  })
})

describe('the examples the product was conceived from', () => {
  it('the ciphers of 001 come with their anonymous suites flagged and left out', async () => {
    const { policy, report } = await importFixture('001.openssl.txt')
    assert.match(said(report, 2, 'dangerous'), /ADH: anonymous suites let anyone pose/)
    assert.doesNotMatch(policy, /anon|NULL/i)
  })

  it('the lists of 002 keep TLS 1.2 for Apache, Postfix, Courier and OpenLDAP', async () => {
    for (const file of ['002.apache.conf', '002.postfix.cf', '002.courier.conf', '002.openldap.gnutls.conf']) {
      const { policy } = await importFixture(file)
      const { unlisted } = parsePolicy(policy, { file }).policy
      assert.deepEqual(unlisted.tls.protocols, ['TLSv1.2'], file)
      assert.equal(unlisted.tls.openssl.legacy[0], 'ECDHE-ECDSA-AES256-GCM-SHA384', file)
    }
  })

  it('the port forwards of 004 become rules for their three backends, unverified and told so', async () => {
    const { policy, report } = await importFixture('004-webserver.stunnel.conf')
    const { rules } = parsePolicy(policy, { file: '004' }).policy
    const written = rules.map(({ name, match, strict }) => [name, match[0]?.text, strict])
    assert.deepEqual(written, [
      ['ldaps', 'ldap.tinynet.edu:636', false],
      ['imaps', 'mail.tinynet.edu:993', false],
      ['smtps', 'gw.tinynet.edu:465', false],
    ])
    assert.equal(report.filter(({ result }) => result === 'dangerous').length, 3)
  })

  it('the port forwards of 004 become three services, on loopback and told so', async () => {
    const { settings, report } = await importFixture('004-webserver.stunnel.conf')
    const { services = [] } = readDocument(settings ?? '', { file: '004', schema: settingsSchema }).value
    assert.deepEqual(
      services.map(({ name, accept, connect }) => [name, accept, connect[0]?.authority]),
      [
        ['ldaps', { kind: 'tcp', host: '127.0.0.1', port: 389, isTls: false }, 'ldap.tinynet.edu:636'],
        ['imaps', { kind: 'tcp', host: '127.0.0.1', port: 143, isTls: false }, 'mail.tinynet.edu:993'],
        ['smtps', { kind: 'tcp', host: '127.0.0.1', port: 587, isTls: false }, 'gw.tinynet.edu:465'],
      ],
    )
    assert.match(
      said(report, 15, 'changed'),
      /^the service accepts on 127\.0\.0\.1:389: stunnel listens to other machines/,
    )
  })

  it('the server side of 004 leaves nothing to write a rule for', async () => {
    const { policy, report } = await importFixture('004-mailhost.stunnel.conf')
    assert.deepEqual(parsePolicy(policy, { file: '004' }).policy.rules, [])
    assert.match(said(report, 6, 'ignored'), /takes TLS from callers/)
  })
})

function said(report: Imported['report'], line: number, result: string): string {
  return report
    .filter((each) => each.line === line && each.result === result)
    .map(({ says }) => says)
    .join('\n')
}
