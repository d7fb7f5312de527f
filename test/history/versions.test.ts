import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { closeHistory, openHistory } from '../../src/history/open-history.ts'
import { clearPending, pending, setPending } from '../../src/history/pending.ts'
import { lastRejection, listRejections, recordRejection } from '../../src/history/rejections.ts'
import { activeVersion, listVersions, recordVersion, versionByNumber } from '../../src/history/versions.ts'
import { stateFolder, versionEntry, withHistory } from './history-kit.ts'

test('a recorded version reads back as it was written, numbered, hashed and with its parent', (t) =>
  withHistory(t, (history) => {
    assert.equal(activeVersion(history), null)
    recordVersion(history, versionEntry({ text: 'first' }))
    const text = 'second: "zażółć 🐎"\nNUL \0 kept\n'
    const head = recordVersion(
      history,
      versionEntry({ text, author: 'ana', comment: 'why', source: 'api', timeMs: 77 }),
    )
    const sha256 = createHash('sha256').update(text).digest('hex')
    const expected = { number: 2, sha256, author: 'ana', timeMs: 77, comment: 'why', source: 'api', parent: 1 }
    assert.deepEqual(head, expected)
    assert.deepEqual(activeVersion(history), { ...expected, text })
    assert.equal(versionByNumber(history, 1).parent, null)
  }))

test('versions are listed newest first, page by page, without their texts', (t) =>
  withHistory(t, (history) => {
    for (let n = 1; n <= 5; n++) recordVersion(history, versionEntry({ text: `v${n}` }))
    const numbers = (page: { limit: number; before?: number }) => listVersions(history, page).map((head) => head.number)
    assert.deepEqual(numbers({ limit: 2 }), [5, 4])
    assert.deepEqual(numbers({ limit: 2, before: 4 }), [3, 2])
    assert.deepEqual(numbers({ limit: 2, before: 2 }), [1])
    assert.deepEqual(numbers({ limit: 2, before: 1 }), [])
    assert.ok(!('text' in (listVersions(history, { limit: 1 })[0] ?? {})))
  }))

test('a version that does not exist is OPERATOR_VERSION_UNKNOWN', (t) =>
  withHistory(t, (history) => {
    assert.throws(() => versionByNumber(history, 7), { code: 'OPERATOR_VERSION_UNKNOWN', message: /version 7/ })
  }))

const forbidden: readonly [reason: string, sql: string][] = [
  ['a text may not be changed', "update versions set text = 'other' where number = 1"],
  ['an author may not be changed', "update versions set author = 'nobody'"],
  ['a version may not be deleted', 'delete from versions where number = 2'],
  ['all versions may not be deleted', 'delete from versions'],
  [
    'a version may not be replaced',
    "insert or replace into versions select number, sha256, author, time_ms, comment, source, parent, 'other' from versions where number = 1",
  ],
  [
    'a number may not be left out',
    'insert into versions select 9, sha256, author, time_ms, comment, source, parent, text from versions where number = 1',
  ],
]
for (const [reason, sql] of forbidden) {
  test(`the database itself keeps the record: ${reason}`, (t) =>
    withHistory(t, (history) => {
      recordVersion(history, versionEntry({ text: 'one' }))
      recordVersion(history, versionEntry({ text: 'two' }))
      const before = listVersions(history, { limit: 9 })
      assert.throws(() => history.database.exec(sql), /immutable|next number/)
      assert.deepEqual(listVersions(history, { limit: 9 }), before)
      assert.equal(versionByNumber(history, 1).text, 'one')
    }))
}

test('a text changed behind the back of the triggers is noticed by its hash', (t) =>
  withHistory(t, (history) => {
    recordVersion(history, versionEntry())
    history.database.exec("drop trigger versions_never_change; update versions set text = 'tampered'")
    assert.throws(() => activeVersion(history), { code: 'OPERATOR_FILE_UNREADABLE', message: /version 1 .* hash/ })
  }))

test('the second of two editors of the same version is told, and nothing is recorded', (t) =>
  withHistory(t, (history) => {
    recordVersion(history, versionEntry())
    recordVersion(history, versionEntry({ text: 'hers', expectedParent: 1 }))
    assert.throws(() => recordVersion(history, versionEntry({ text: 'his', expectedParent: 1 })), {
      code: 'OPERATOR_EDIT_CONFLICT',
      message: 'the edit started from version 1, but version 2 is active now',
    })
    assert.equal(activeVersion(history)?.text, 'hers')
    assert.equal(recordVersion(history, versionEntry({ expectedParent: 2 })).number, 3)
  }))

test('a full disk is OPERATOR_FILE_UNWRITABLE, nothing is half-written, and space brings it back', (t) =>
  withHistory(t, (history) => {
    recordVersion(history, versionEntry({ text: 'kept' }))
    recordVersion(history, versionEntry({ text: 'waits', confirm: { deadlineMs: 5, revertTo: 1 } }))
    const pages = Number(history.database.prepare('pragma page_count').get()?.page_count)
    history.database.exec(`pragma max_page_count = ${pages}`)
    const large = versionEntry({ text: 'x'.repeat(1_000_000) })
    assert.throws(() => recordVersion(history, large), { code: 'OPERATOR_FILE_UNWRITABLE', message: /disk is full/ })
    assert.equal(history.database.isTransaction, false)
    assert.equal(activeVersion(history)?.text, 'waits')
    assert.deepEqual(pending(history), { version: 2, deadlineMs: 5, revertTo: 1 })
    history.database.exec('pragma max_page_count = 1000000')
    assert.equal(recordVersion(history, large).number, 3)
  }))

test('a pending confirmation survives closing and opening again', async (t) => {
  const folder = stateFolder(t)
  const first = await openHistory(folder)
  recordVersion(first, versionEntry())
  recordVersion(first, versionEntry({ confirm: { deadlineMs: 300_000, revertTo: 1 } }))
  closeHistory(first)
  const second = await openHistory(folder)
  assert.deepEqual(pending(second), { version: 2, deadlineMs: 300_000, revertTo: 1 })
  assert.deepEqual(clearPending(second), { version: 2, deadlineMs: 300_000, revertTo: 1 })
  assert.equal(clearPending(second), null)
  closeHistory(second)
})

test('recording another version ends the confirmation that was pending, whatever the new one asks', (t) =>
  withHistory(t, (history) => {
    recordVersion(history, versionEntry())
    recordVersion(history, versionEntry({ confirm: { deadlineMs: 10, revertTo: 1 } }))
    recordVersion(history, versionEntry({ confirm: { deadlineMs: 20, revertTo: 2 } }))
    assert.deepEqual(pending(history), { version: 3, deadlineMs: 20, revertTo: 2 })
    recordVersion(history, versionEntry({ source: 'revert' }))
    assert.equal(pending(history), null)
  }))

test('a confirmation cannot wait for a version that does not exist', (t) =>
  withHistory(t, (history) => {
    recordVersion(history, versionEntry())
    assert.throws(() => setPending(history, { version: 9, deadlineMs: 1, revertTo: 1 }), /FOREIGN KEY/)
    setPending(history, { version: 1, deadlineMs: 1, revertTo: 1 })
    assert.equal(pending(history)?.version, 1)
  }))

test('the last rejected attempt is remembered with its problems, and is no version', (t) =>
  withHistory(t, (history) => {
    assert.equal(lastRejection(history), null)
    const entry = {
      text: 'bad',
      source: 'file',
      author: 'file',
      timeMs: 5,
      problems: ['p.yaml:1:1 one', 'two'],
    } as const
    const { text: _, ...kept } = entry
    recordRejection(history, { ...entry, text: 'worse', timeMs: 4 })
    recordRejection(history, entry)
    assert.deepEqual(lastRejection(history), { ...kept, sha256: createHash('sha256').update('bad').digest('hex') })
    assert.equal(activeVersion(history), null)
    const [newest, older, ...more] = listRejections(history, { limit: 9 })
    assert.deepEqual([newest?.timeMs, older?.timeMs, more], [5, 4, []])
    assert.deepEqual(listRejections(history, { limit: 1 }), [newest])
    assert.deepEqual(listRejections(history, { limit: 9, before: newest?.number as number }), [older])
  }))

test('rejections are bounded in number and in size', (t) =>
  withHistory(t, (history) => {
    const problems = Array.from({ length: 150 }, () => 'x'.repeat(5000))
    history.database.exec('begin')
    for (let n = 0; n < 1100; n++) {
      recordRejection(history, { text: '', source: 'file', author: '', timeMs: n, problems: ['same'] })
    }
    history.database.exec('commit')
    recordRejection(history, { text: '', source: 'file', author: '', timeMs: 9999, problems })
    assert.equal(history.database.prepare('select count(*) as n from rejections').get()?.n, 1000)
    assert.equal(lastRejection(history)?.problems.length, 101)
    assert.equal(lastRejection(history)?.problems[100], 'and 50 more')
    assert.equal(lastRejection(history)?.problems[0]?.length, 1000)
  }))
