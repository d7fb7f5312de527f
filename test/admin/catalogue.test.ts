/** What the page draws of protocols and suites: everything known, the two columns, and the ClientHello as it leaves. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordVersion } from '../../src/history/versions.ts'
import { currentCatalogue, makeCatalogue } from '../../src/policy/catalogue/catalogue-record.ts'
import { viewCatalogue } from '../../src/policy/catalogue/catalogue-view.ts'
import { startAdmin } from '../kit/start-admin.ts'
import { policyText } from '../policy/policy-text.ts'

const namesOf = (entries: readonly { readonly name: string }[]) => entries.map(({ name }) => name)
const inRule = (ciphers: string) =>
  policyText(
    `rules: [{ name: mail, match: [mail.corp.example], tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [${ciphers}] } }]`,
  )

describe('the catalogue over the API', () => {
  it('has everything known under every name, what is gone with its reason, and nothing that JSON would leave out', async (t) => {
    const client = await (await startAdmin(t)).as('viewer')
    const { body } = await client.ask('catalogue')
    const all = viewCatalogue({ all: true })
    for (const key of ['protocols', 'ciphers', 'groups', 'signatureAlgorithms'] as const) {
      assert.equal(body.known[key].length, all[key].length, key)
    }
    const rc4 = body.known.ciphers.find(({ iana }: { iana: string }) => iana === 'TLS_RSA_WITH_RC4_128_SHA')
    assert.deepEqual(
      [rc4.openssl, rc4.java[0], rc4.code, rc4.available, rc4.since],
      ['RC4-SHA', 'SSL_RSA_WITH_RC4_128_SHA', 5, false, null],
    )
    assert.match(rc4.reason, /RC4 and RC2 are broken/)
    assert.deepEqual(namesOf(body.columns.protocols.selected), ['TLSv1.3', 'TLSv1.2'])
    assert.ok(body.columns.ciphers.selected.every(({ isDefault }: { isDefault: boolean }) => isDefault))
    assert.match(body.flags['report-widened'], /report mode/)
  })

  it('gives the columns of the policy in force, and of a candidate', async (t) => {
    const client = await (await startAdmin(t)).as('viewer')
    const inForce = await client.ask('policy')
    assert.deepEqual(namesOf(inForce.body.columns.protocols.selected), ['TLSv1.3', 'TLSv1.2'])
    const text = policyText(
      'tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [AES128-SHA, TLS_AES_128_GCM_SHA256] }',
    )
    const { body } = await client.ask('checkPolicy', { body: { text } })
    // Selected is what is written, also where the protocols leave no use for it; the check warns of that.
    assert.deepEqual(namesOf(body.columns.ciphers.selected), ['TLS_RSA_WITH_AES_128_CBC_SHA', 'TLS_AES_128_GCM_SHA256'])
    assert.deepEqual(namesOf(body.offer.suites.map(({ iana }: { iana: string }) => ({ name: iana }))), [
      'TLS_RSA_WITH_AES_128_CBC_SHA',
    ])
    const broken = await client.ask('checkPolicy', { body: { text: inRule('NO-SUCH-SUITE') } })
    assert.equal(broken.body.columns, null)
  })

  it('explains a destination with its ClientHello and the columns of its own rule', async (t) => {
    const client = await (await startAdmin(t)).as('viewer')
    const ask = async (destination: string) =>
      (await client.ask('explain', { body: { destination, text: inRule('ECDHE-RSA-AES128-GCM-SHA256') } })).body
    const mail = await ask('mail.corp.example')
    assert.deepEqual(mail.clientHello.originate.suites, [
      { name: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', code: 0xc02f },
    ])
    assert.deepEqual([mail.clientHello.originate.alpn, mail.clientHello.verify.alpn], [['http/1.1'], []])
    assert.equal(mail.columns.ciphers.selected.length, 1)
    const other = await ask('other.example')
    assert.equal(other.columns.ciphers.selected.length, 9)
    assert.ok(other.refusedFor.includes('name-mismatch'))
  })

  it('tells what the version in force has lost, and keeps its exceptions in sight', async (t) => {
    const admin = await startAdmin(t)
    const { defaults, available } = currentCatalogue()
    const ciphers = [...available.ciphers, 'TLS_RSA_WITH_RC4_128_SHA']
    const catalogue = makeCatalogue('2026-05', defaults, { ...available, ciphers })
    const text =
      policyText(`tls: { configuration: custom, ciphers: [RC4-SHA, TLS_AES_128_GCM_SHA256], protocols: [TLSv1.3] }
exceptions: [{ backend: "old.example:443", findings: [expired], until: 2030-01-01, owner: ops, reason: old }]`)
    recordVersion(admin.history, { text, author: 'ops', comment: '', source: 'file', timeMs: 2000, catalogue })
    const client = await admin.as('viewer')
    const { body } = await client.ask('policy')
    assert.deepEqual(
      body.columns.ciphers.lost.map(({ name }: { name: string }) => name),
      ['RC4-SHA'],
    )
    assert.match(body.warnings[0].message, /is lost, and left its list: removed by platform/)
    assert.equal((await client.ask('checkPolicy', { body: { text } })).body.valid, true)
    assert.equal((await client.ask('exceptions')).body.items.length, 1)
    const changed = await client.ask('checkPolicy', { body: { text: `${text}# changed\n` } })
    assert.equal(changed.body.valid, false, 'a new text names what is there')
  })
})
