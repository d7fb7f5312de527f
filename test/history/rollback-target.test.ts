import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clearPending, setPending } from '../../src/history/pending.ts'
import { rollbackTarget, undoneVersions } from '../../src/history/rollback-target.ts'
import { recordVersion, type VersionSource } from '../../src/history/versions.ts'
import { versionEntry, withHistory } from './history-kit.ts'

type Step = [text: string, source?: VersionSource]

/** Each row is a history: the texts in order, and how those came that were not simply applied. */
const rows: { name: string; steps: Step[]; target: number | null; undone?: [number, number][] }[] = [
  { name: 'with no version there is nothing to go back to', steps: [], target: null },
  { name: 'the first version has none before it', steps: [['a']], target: null },
  { name: 'usually it is the one before', steps: [['a'], ['b'], ['c']], target: 2 },
  { name: 'one with the text that runs is passed over', steps: [['a'], ['b'], ['a'], ['a', 'cli']], target: 2 },
  {
    name: 'what a revert has undone is not brought back',
    steps: [['a'], ['b'], ['c'], ['b', 'revert']],
    target: 1,
    undone: [[3, 4]],
  },
  { name: 'nor what a rollback has undone', steps: [['a'], ['b'], ['c'], ['b', 'rollback']], target: 1 },
  {
    name: 'after two rollbacks it goes further back, not to and fro',
    steps: [['a'], ['b'], ['c'], ['d'], ['c', 'rollback'], ['b', 'rollback']],
    target: 1,
  },
  {
    name: 'what was applied after a revert goes back past what the revert undid',
    steps: [['a'], ['b'], ['a', 'revert'], ['c']],
    target: 1,
  },
  {
    name: 'a rollback over several versions undoes all of them',
    steps: [['a'], ['b'], ['c'], ['a', 'rollback']],
    target: null,
    undone: [
      [2, 4],
      [3, 4],
    ],
  },
  {
    name: 'a version that was undone and is asked for by number lives again',
    steps: [['a'], ['b'], ['a', 'revert'], ['b', 'rollback']],
    target: 1,
    undone: [[2, 3]],
  },
  {
    name: 'a rollback that was on trial and reverted has undone nothing, and is undone itself',
    steps: [['a'], ['b'], ['c'], ['a', 'rollback'], ['d'], ['c', 'revert']],
    target: 2,
    undone: [
      [5, 6],
      [4, 6],
    ],
  },
]

test('while a version waits it is what was confirmed last, past another that waited before', (t) =>
  withHistory(t, (history) => {
    for (const text of ['a', 'b', 'c']) recordVersion(history, versionEntry({ text }))
    setPending(history, { version: 3, deadlineMs: 1, revertTo: 1 })
    assert.equal(rollbackTarget(history), 1)
    clearPending(history)
    assert.equal(rollbackTarget(history), 2)
  }))

for (const { name, steps, target, undone } of rows) {
  test(name, (t) =>
    withHistory(t, (history) => {
      for (const [text, source = 'cli'] of steps) recordVersion(history, versionEntry({ text, source }))
      assert.equal(rollbackTarget(history), target)
      if (undone !== undefined) assert.deepEqual([...undoneVersions(history)], undone)
    }),
  )
}
