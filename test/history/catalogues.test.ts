import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cataloguesOfText, lastCatalogue, listMigrations, recordMigration } from '../../src/history/catalogues.ts'
import { hashText, recordVersion } from '../../src/history/versions.ts'
import { versionEntry, withHistory } from './history-kit.ts'

const [spring, autumn] = [
  { id: '2026-05.a', available: { ciphers: ['A', 'B'] } },
  { id: '2026-11.b', available: { ciphers: ['A', 'C'] } },
]

test('a version remembers the whole catalogue it came into force under', (t) =>
  withHistory(t, (history) => {
    recordVersion(history, versionEntry({ text: 'one', catalogue: spring }))
    recordVersion(history, versionEntry({ text: 'two' }))
    assert.deepEqual(lastCatalogue(history, 1), spring)
    assert.equal(lastCatalogue(history, 2), null)
  }))

test('a migration is listed, newest first, and the version runs under the newer catalogue from then on', (t) =>
  withHistory(t, (history) => {
    recordVersion(history, versionEntry({ text: 'one', catalogue: spring }))
    recordMigration(history, { version: 1, timeMs: 5, from: spring.id, to: autumn, report: { sentences: ['x'] } })
    recordMigration(history, { version: 1, timeMs: 6, from: autumn.id, to: spring, report: { sentences: [] } })
    assert.deepEqual(lastCatalogue(history, 1), spring)
    assert.deepEqual(listMigrations(history, 1), [
      { timeMs: 6, version: 1, from: autumn.id, to: spring.id, report: { sentences: [] } },
    ])
    assert.equal(listMigrations(history, 10).length, 2)
  }))

test('a text knows every catalogue it was in force under, in whatever version', (t) =>
  withHistory(t, (history) => {
    recordVersion(history, versionEntry({ text: 'one', catalogue: spring }))
    recordVersion(history, versionEntry({ text: 'two', catalogue: autumn }))
    recordVersion(history, versionEntry({ text: 'one', catalogue: autumn }))
    const ids = (text: string) => cataloguesOfText(history, hashText(text)).map(({ id }) => id)
    assert.deepEqual(ids('one').toSorted(), [spring.id, autumn.id])
    assert.deepEqual(ids('two'), [autumn.id])
    assert.deepEqual(ids('three'), [])
  }))

test('a migration from a catalogue that was never kept is refused, and nothing of it is kept', (t) =>
  withHistory(t, (history) => {
    recordVersion(history, versionEntry({ catalogue: spring }))
    const entry = { version: 1, timeMs: 5, from: 'unknown', to: autumn, report: {} }
    assert.throws(() => recordMigration(history, entry))
    assert.deepEqual([lastCatalogue(history, 1), listMigrations(history, 10)], [spring, []])
  }))
