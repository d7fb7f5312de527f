import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { closeHistory, historyFile, openHistory, setHistoryAside } from '../../src/history/open-history.ts'
import { activeVersion, listVersions, recordVersion } from '../../src/history/versions.ts'
import { stateFolder, versionEntry, withHistory } from './history-kit.ts'

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)

test('the state folder and the history file are for the owner alone, the write-ahead log too', async (t) => {
  const folder = join(stateFolder(t), 'state')
  const history = await openHistory(folder)
  recordVersion(history, versionEntry())
  assert.equal(mode(folder), '700')
  for (const name of readdirSync(folder)) assert.equal(mode(join(folder, name)), '600', name)
  assert.ok(readdirSync(folder).includes('history.sqlite-wal'))
  closeHistory(history)
})

test('the first opening is fresh, the second finds what the first wrote', async (t) => {
  const folder = stateFolder(t)
  const first = await openHistory(folder)
  assert.equal(first.fresh, true)
  recordVersion(first, versionEntry({ text: 'one' }))
  closeHistory(first)
  closeHistory(first)
  const second = await openHistory(folder)
  assert.equal(second.fresh, false)
  assert.equal(activeVersion(second)?.text, 'one')
  closeHistory(second)
})

interface Damage {
  readonly name: string
  readonly harm: (file: string) => void
  readonly says: RegExp
}
const damages: readonly Damage[] = [
  { name: 'truncated in the middle of a page', harm: (file) => truncateSync(file, 6000), says: /damaged/ },
  { name: 'truncated to a piece of its head', harm: (file) => truncateSync(file, 60), says: /damaged/ },
  {
    name: 'overwritten with text',
    harm: (file) => writeFileSync(file, 'not a database '.repeat(500)),
    says: /damaged/,
  },
  { name: 'with zeroes over the pages of its tables', harm: (file) => zeroFrom(file, 4096), says: /damaged/ },
  { name: 'of another program', harm: foreignDatabase, says: /another program/ },
  { name: 'of a newer release', harm: newerSchema, says: /newer release \(schema 99/ },
]

for (const { name, harm, says } of damages) {
  test(`a history file ${name} is reported with its path and left as it is`, async (t) => {
    const folder = stateFolder(t)
    const history = await openHistory(folder)
    for (let n = 0; n < 20; n++) recordVersion(history, versionEntry({ text: `text ${n} `.repeat(300) }))
    closeHistory(history)
    harm(historyFile(folder))
    const harmed = readFileSync(historyFile(folder))
    await assert.rejects(openHistory(folder), (error: Error & { code: string }) => {
      assert.equal(error.code, 'OPERATOR_FILE_UNREADABLE')
      assert.match(error.message, says)
      assert.ok(error.message.includes(historyFile(folder)))
      return true
    })
    assert.deepEqual(readFileSync(historyFile(folder)), harmed)
  })
}

test('a history set aside keeps its bytes under a new name, and the next opening starts a new one', async (t) => {
  const folder = stateFolder(t)
  closeHistory(await openHistory(folder))
  writeFileSync(historyFile(folder), 'rubbish')
  writeFileSync(`${historyFile(folder)}-wal`, 'old log')
  const aside = setHistoryAside(folder, 1234)
  assert.equal(readFileSync(aside, 'utf8'), 'rubbish')
  assert.equal(readFileSync(`${aside}-wal`, 'utf8'), 'old log')
  assert.ok(!existsSync(`${historyFile(folder)}-wal`))
  const history = await openHistory(folder)
  assert.equal(history.fresh, true)
  closeHistory(history)
})

test('setting aside a history that is not there is an error, not a success', (t) => {
  assert.throws(() => setHistoryAside(stateFolder(t), 1), { code: 'OPERATOR_FILE_UNWRITABLE' })
})

test('a state folder below a plain file cannot be made, and the message names the history', async (t) => {
  const blocked = join(stateFolder(t), 'file')
  writeFileSync(blocked, '')
  await assert.rejects(openHistory(join(blocked, 'state')), {
    code: 'OPERATOR_FILE_UNWRITABLE',
    message: /file\/state/,
  })
})

test('a history that another process keeps locked is refused in words, not by an SQL error', (t) =>
  withHistory(t, async (history) => {
    const other = new DatabaseSync(history.file)
    other.exec('begin immediate')
    history.database.exec('pragma busy_timeout = 1')
    assert.throws(() => recordVersion(history, versionEntry()), { code: 'OPERATOR_FILE_UNWRITABLE', message: /locked/ })
    other.exec('rollback')
    other.close()
    assert.equal(recordVersion(history, versionEntry()).number, 1)
  }))

test('six processes that open a new state folder at once agree on one history without a gap', async (t) => {
  const folder = stateFolder(t)
  const script = join(import.meta.dirname, 'append-versions.ts')
  const run = promisify(execFile)
  await Promise.all(
    Array.from({ length: 6 }, (_, who) => run(process.execPath, [script, folder, `author-${who}`, '5'])),
  )
  const history = await openHistory(folder)
  const numbers = listVersions(history, { limit: 100 }).map((head) => head.number)
  assert.deepEqual(
    numbers,
    Array.from({ length: 30 }, (_, index) => 30 - index),
  )
  closeHistory(history)
})

function zeroFrom(file: string, offset: number): void {
  const bytes = readFileSync(file)
  bytes.fill(0, offset)
  writeFileSync(file, bytes)
}

function foreignDatabase(file: string): void {
  writeFileSync(file, '')
  const database = new DatabaseSync(file)
  database.exec('create table notes (text)')
  database.close()
  chmodSync(file, 0o600)
}

function newerSchema(file: string): void {
  const database = new DatabaseSync(file)
  database.exec('pragma user_version = 99')
  database.close()
}
