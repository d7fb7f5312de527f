/** The words of this room's tests: a state folder that goes away by itself, and an open history in it. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { closeHistory, type History, openHistory } from '../../src/history/open-history.ts'
import type { NewVersion } from '../../src/history/versions.ts'

/** Makes an empty folder that is removed after the test. */
export function stateFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'vedette-history-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs a test body on a fresh history and closes it. */
export async function withHistory(t: TestContext, body: (history: History) => void | Promise<void>): Promise<void> {
  const history = await openHistory(stateFolder(t))
  try {
    await body(history)
  } finally {
    closeHistory(history)
  }
}

/** A version as an operator would apply it, with what the test cares about replaced. */
export function versionEntry(changes: Partial<NewVersion> = {}): NewVersion {
  return { text: 'kind: x\n', author: 'ops', comment: 'because', source: 'cli', timeMs: 1000, ...changes }
}
