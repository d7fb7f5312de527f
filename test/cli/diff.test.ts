import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { closeHistory, openHistory } from '../../src/history/open-history.ts'
import { recordVersion } from '../../src/history/versions.ts'
import { makeFolder, runCli } from './run-cli.ts'

async function stateWith(test: TestContext, ...texts: string[]): Promise<string> {
  const state = makeFolder(test)
  const history = await openHistory(state)
  for (const text of texts) {
    recordVersion(history, { text, author: 'dana', comment: '', source: 'cli', timeMs: 1 })
  }
  closeHistory(history)
  return state
}

describe('diff', () => {
  it('exits 1 and shows the lines when two versions differ', async (t) => {
    const state = await stateWith(t, 'a\nb\n', 'a\nc\n')
    const { status, stdout } = await runCli(['diff', '1', '2', '--state', state])
    assert.equal(status, 1)
    assert.equal(stdout, '--- version 1\n+++ version 2\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n')
  })

  it('exits 0 and says nothing when they are the same', async (t) => {
    const state = await stateWith(t, 'a\n', 'a\n')
    assert.deepEqual(await runCli(['diff', '1', '2', '--state', state]), { status: 0, stdout: '', stderr: '' })
  })

  it('compares a version with a file and a file with stdin', async (t) => {
    const state = await stateWith(t, 'a\n')
    const file = path.join(makeFolder(t, { new: 'b\n' }), 'new')
    assert.equal((await runCli(['diff', '1', file, '--state', state])).status, 1)
    assert.equal((await runCli(['diff', file, '-'], { stdin: 'b\n' })).status, 0)
  })

  it('says so when there is no such version', async (t) => {
    const state = await stateWith(t, 'a\n')
    const { status, stderr } = await runCli(['diff', '1', '9', '--state', state])
    assert.equal(status, 1)
    assert.match(stderr, /OPERATOR_VERSION_UNKNOWN/)
  })

  it('does not make a history where there is none', async (t) => {
    const state = path.join(makeFolder(t), 'mistyped')
    const { status, stderr } = await runCli(['diff', '1', '2', '--state', state])
    assert.equal(status, 4)
    assert.match(stderr, /mistyped has no history/)
    assert.equal((await runCli(['diff', '1', '2', '--state', state])).status, 4)
  })

  it('gives the same as JSON', async (t) => {
    const state = await stateWith(t, 'a\n', 'b\n')
    const { status, stdout } = await runCli(['diff', '1', '2', '--state', state, '--json'])
    assert.equal(status, 1)
    assert.equal((JSON.parse(stdout) as { same: boolean }).same, false)
  })
})
