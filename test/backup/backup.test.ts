/**
 * Goal: what is taken out comes back, and a file that somebody made up can do nothing but be refused. Method: a real history
 * and real stores in a folder; then the same file, spoilt in one place each.
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Backup } from '../../src/backup/backup.ts'
import { makeBackup } from '../../src/backup/make-backup.ts'
import { readBackup } from '../../src/backup/read-backup.ts'
import { addStores, compareStores } from '../../src/backup/store-changes.ts'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import { closeHistory, type History, openHistory } from '../../src/history/open-history.ts'
import { recordVersion } from '../../src/history/versions.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'vedette-backup-'))
const stores = { folder: path.join(folder, 'truststores') }
const settingsFile = path.join(folder, 'vedette.yaml')
let history: History
let [corp, other]: MadeCertificate[] = []
let text = ''
let notKept: readonly string[] = []

before(async () => {
  ;[corp, other] = await Promise.all(['Corp', 'Other'].map((subject) => makeCertificate({ subject, ca: true })))
  mkdirSync(path.join(stores.folder, 'corp'), { recursive: true })
  mkdirSync(path.join(stores.folder, 'broken'))
  writeFileSync(path.join(stores.folder, 'corp', 'a.pem'), corp?.certificate ?? '')
  writeFileSync(path.join(stores.folder, 'broken', 'a.pem'), 'no certificate')
  // Longer than anything a log line would hold.
  const long = `${'# a line\n'.repeat(2000)}# http://me:canary-password@proxy.example\nkind: Settings\n`
  writeFileSync(settingsFile, long)
  history = await openHistory(path.join(folder, 'state'))
  for (const name of ['one', 'two']) {
    recordVersion(history, { text: `# ${name}\n`, author: 'ops', comment: name, source: 'file', timeMs: 1000 })
  }
  ;({ text, notKept } = await makeBackup({ history, stores, settingsFile, nowMs: 2000 }))
})
after(() => {
  closeHistory(history)
  rmSync(folder, { recursive: true, force: true })
})

/** The backup with something changed. */
function spoilt(spoil: (backup: Backup & Record<string, unknown>) => unknown): Buffer {
  const backup = JSON.parse(text) as Backup & Record<string, unknown>
  spoil(backup)
  return Buffer.from(JSON.stringify(backup))
}

describe('a backup', () => {
  it('holds versions, stores and settings as they were, and nothing that lets anybody in', async () => {
    const { policy, backup, stores: kept } = await readBackup(Buffer.from(text))
    assert.deepEqual([policy.number, policy.text, policy.comment], [2, '# two\n', 'two'])
    assert.deepEqual([backup.versions.length, backup.versionsLeftOut, backup.madeMs], [2, 0, 2000])
    assert.deepEqual(
      kept.map(({ name, certificates }) => [name, certificates.map(({ subject }) => subject)]),
      [['corp', ['CN=Corp']]],
    )
    assert.match(backup.trustStores.find(({ name }) => name === 'broken')?.problem ?? '', /holds no certificate/)
    assert.match(notKept.join(), /^broken: .*holds no certificate/)
    assert.match(backup.settings?.text ?? '', /@proxy\.example\nkind: Settings\n$/, 'to its end')
    assert.doesNotMatch(text, /canary-password|PRIVATE KEY/)
  })

  it('leaves the oldest versions out where they do not fit, and says how many', async () => {
    const state = path.join(folder, 'long')
    const long = await openHistory(state)
    for (let n = 0; n < 6; n++) {
      const version = { author: '', comment: '', source: 'file', timeMs: n } as const
      recordVersion(long, { ...version, text: `# ${n}\n${'x'.repeat(900_000)}` })
    }
    const made = await makeBackup({ history: long, stores, settingsFile: null, nowMs: 1 })
    closeHistory(long)
    const { backup } = await readBackup(Buffer.from(made.text))
    assert.deepEqual([backup.versions.length, backup.versionsLeftOut, backup.versions[0]?.number], [4, 2, 6])
    assert.equal(backup.settings, null)
  })

  const refused: [what: string, bytes: () => Buffer, expected: RegExp][] = [
    ['nothing', () => Buffer.alloc(0), /it is no JSON/],
    ['a file of another kind', () => spoilt((backup) => Object.assign(backup, { kind: 'Policy' })), /kind: /],
    ['a key nobody knows', () => spoilt((backup) => Object.assign(backup, { users: [] })), /"users"/],
    [
      'a text that was changed',
      () => spoilt(({ versions: [first] }) => Object.assign(first ?? {}, { text: 'x' })),
      /not the one/,
    ],
    ['no version', () => spoilt((backup) => backup.versions.splice(0)), /versions/],
    ['a store outside its folder', () => spoilt((backup) => named(backup, '../../etc')), /trustStores\[1\]\.name/],
    ['a store with a NUL in its name', () => spoilt((backup) => named(backup, 'a\0b')), /trustStores\[1\]\.name/],
    [
      'a store that is there twice',
      () => spoilt((backup) => backup.trustStores.push(...backup.trustStores.slice(-1))),
      /twice/,
    ],
    ['a private key among certificates', () => spoilt((backup) => certified(backup, corp?.key ?? '')), /private key/],
    ['a certificate that is none', () => spoilt((backup) => certified(backup, 'x')), /holds no certificate/],
    ['a hundred thousand brackets', () => Buffer.from('['.repeat(100_000)), /no JSON/],
    ['more than it may weigh', () => Buffer.alloc(10 * 1_048_576 + 1, ' '), /more than 10 MiB/],
    [
      'a prototype',
      () => Buffer.from(text.replace('{', '{"__proto__": {"polluted": true},')),
      /__proto__|Unrecognized/,
    ],
  ]
  for (const [what, bytes, expected] of refused) {
    it(`is refused with ${what}`, async () => {
      await assert.rejects(readBackup(bytes()), (error: Error) => expected.test(error.message))
      assert.equal(({} as { polluted?: boolean }).polluted, undefined)
    })
  }
})

describe('stores that come back', () => {
  const away = { folder: path.join(folder, 'away') }

  it('are added to, and taken back whole when the change does not come into force', async () => {
    const { stores: kept } = await readBackup(Buffer.from(text))
    const [change] = await compareStores(kept, away)
    assert.deepEqual([change?.name, change?.fresh.length, change?.known, change?.beside], ['corp', 1, 0, 0])
    const takeBack = await addStores([change as never], away)
    assert.equal(readdirSync(path.join(away.folder, 'corp')).length, 1)
    await takeBack()
    assert.deepEqual(readdirSync(away.folder), [])
  })

  it('keep what they have beside it', async () => {
    mkdirSync(path.join(away.folder, 'corp'), { recursive: true })
    writeFileSync(path.join(away.folder, 'corp', 'own.pem'), other?.certificate ?? '')
    const { stores: kept } = await readBackup(Buffer.from(text))
    const changes = await compareStores(kept, away)
    assert.deepEqual([changes[0]?.fresh.length, changes[0]?.beside], [1, 1])
    const takeBack = await addStores(changes, away)
    const again = await compareStores(kept, away)
    assert.deepEqual([again[0]?.fresh.length, again[0]?.known, again[0]?.beside], [0, 1, 1])
    await takeBack()
    assert.deepEqual(readdirSync(path.join(away.folder, 'corp')), ['own.pem'])
  })

  it('are left as they are where one of them cannot take its part', async () => {
    const single = { folder: path.join(folder, 'single') }
    mkdirSync(single.folder)
    writeFileSync(path.join(single.folder, 'corp.pem'), other?.certificate ?? '')
    const changes = await compareStores((await readBackup(Buffer.from(text))).stores, single)
    assert.match(changes[0]?.problem ?? '', /is the single file/)
    await assert.rejects(addStores(changes, single), { code: 'OPERATOR_CONFLICT' })
    assert.deepEqual(readdirSync(single.folder), ['corp.pem'])
  })
})

function named(backup: Backup, name: string): unknown {
  return Object.assign(backup.trustStores[1] ?? {}, { name })
}

function certified(backup: Backup, pem: string): unknown {
  return Object.assign(backup.trustStores[1] ?? {}, { certificates: [pem] })
}
