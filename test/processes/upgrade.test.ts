/**
 * Goal: an instance that comes up under another catalogue than its version was applied under goes on, and says what
 * became of its lists. Method: the history is written beforehand, with a catalogue that had what this runtime lacks.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { closeHistory, openHistory } from '../../src/history/open-history.ts'
import { recordVersion } from '../../src/history/versions.ts'
import { type CatalogueRecord, currentCatalogue, makeCatalogue } from '../../src/policy/catalogue/catalogue-record.ts'
import type { CatalogueMigration } from '../../src/policy/catalogue/migrate-catalogue.ts'
import { startInstance } from '../kit/start-instance.ts'
import { policyText } from '../policy/policy-text.ts'

/** As an OpenSSL of long ago had it: with RC4, and without ChaCha20. */
function olderCatalogue(): CatalogueRecord {
  const { defaults, available } = currentCatalogue()
  const ciphers = available.ciphers.filter((name) => !name.includes('CHACHA20')).concat('TLS_RSA_WITH_RC4_128_SHA')
  return makeCatalogue('2026-05', { ...defaults, ciphers: defaults.ciphers.slice(0, 4) }, { ...available, ciphers })
}

const customText = (ciphers: string) =>
  policyText(`tls: { configuration: custom, protocols: [TLSv1.2], ciphers: [${ciphers}] }`)

async function folderWith(t: TestContext, text: string, catalogue?: CatalogueRecord): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-upgrade-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const history = await openHistory(path.join(folder, 'state'))
  const entry = { text, author: 'ops', comment: '', source: 'file', timeMs: 1 } as const
  recordVersion(history, catalogue === undefined ? entry : { ...entry, catalogue })
  closeHistory(history)
  return folder
}

describe('an instance after an upgrade', () => {
  it('keeps a custom list without what was lost, says so, and reports it once', async (t) => {
    const policy = customText('RC4-SHA, ECDHE-RSA-AES128-GCM-SHA256')
    const folder = await folderWith(t, policy, olderCatalogue())
    const first = startInstance(t, { policy, folder })
    await first.up
    const warning = await first.logged('policy.warning', ({ message }) => /RC4-SHA is lost/.test(String(message)))
    assert.equal(warning.level, 'warn')
    await first.logged('catalogue.changed', ({ message }) =>
      /spec\.tls\.ciphers keeps its custom list: lost TLS_RSA_WITH_RC4/.test(String(message)),
    )
    const { migrations } = await first.ask('migrations', {})
    const report = migrations[0]?.report as CatalogueMigration
    assert.deepEqual(report.places[0]?.lists.ciphers.selected, ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'])
    assert.ok(report.places[0]?.lists.ciphers.newlyAvailable.includes('TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'))
    assert.equal((await first.status()).version?.number, 1)
    assert.equal((await first.ask('reload', { author: 'test' })).unchanged, true)
    await first.kill()

    const second = startInstance(t, { policy, folder })
    await second.up
    assert.equal((await second.ask('migrations', {})).migrations.length, 1)
    assert.ok(!second.lines.some(({ event }) => event === 'catalogue.changed'))
    await assert.rejects(second.apply(`${policy}# a new text\n`), { code: 'OPERATOR_BAD_DOCUMENT' })
  })

  it('follows the newest default set, and says what came with it', async (t) => {
    const policy = policyText('')
    const instance = startInstance(t, { policy, folder: await folderWith(t, policy, olderCatalogue()) })
    await instance.up
    const line = await instance.logged('catalogue.changed')
    assert.match(
      String(line.message),
      /spec\.tls\.ciphers follows the default set, 2026-11 instead of 2026-05: newly selects /,
    )
  })

  it('says nothing of a version from before catalogues were kept, and keeps that of today', async (t) => {
    const policy = policyText('')
    const instance = startInstance(t, { policy, folder: await folderWith(t, policy) })
    await instance.up
    assert.deepEqual((await instance.ask('migrations', {})).migrations, [])
    assert.ok(!instance.lines.some(({ event }) => event === 'catalogue.changed'))
  })

  it('does not start when nothing is left of a list: a default would offer more than was chosen', async (t) => {
    const policy = customText('RC4-SHA')
    const instance = startInstance(t, { policy, folder: await folderWith(t, policy, olderCatalogue()) })
    assert.equal(await instance.ended, 3)
    assert.match(instance.stderr, /nothing is left of the list/)
  })

  it('does not go back by itself either to a version before it: that may allow what this one forbids', async (t) => {
    const folder = await folderWith(t, policyText('sni: false'), currentCatalogue())
    const history = await openHistory(path.join(folder, 'state'))
    const text = customText('RC4-SHA')
    recordVersion(history, { text, author: 'ops', comment: '', source: 'file', timeMs: 2, catalogue: olderCatalogue() })
    closeHistory(history)
    const refused = startInstance(t, { policy: text, folder })
    assert.equal(await refused.ended, 3)
    const mended = startInstance(t, { policy: customText('ECDHE-RSA-AES128-GCM-SHA256'), folder })
    await mended.up
    assert.equal((await mended.status()).version?.number, 3)
  })

  it('goes on with the version in force when the file has become one of which nothing is left', async (t) => {
    const folder = await folderWith(t, policyText('sni: false'), currentCatalogue())
    const instance = startInstance(t, { policy: customText('RC4-SHA'), folder })
    await instance.up
    const { version, rejected } = await instance.status()
    assert.equal(version?.number, 1)
    assert.match(rejected?.message ?? '', /removed by platform: RC4/)
  })

  it('that is new to a runtime without a suite of the default set says so at its start', async (t) => {
    const main = fileURLToPath(new URL('../kit/lesser-main.ts', import.meta.url))
    const instance = startInstance(t, { policy: policyText(''), main })
    await instance.up
    const warning = await instance.logged('policy.warning')
    assert.match(String(warning.message), /the set 2026-11 is offered without TLS_CHACHA20_POLY1305_SHA256, /)
  })
})
