/** The words of this room's tests: a folder with a vedette.yaml in it, and the problems a bad one gives. */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { SidecarError } from '../../src/errors.ts'
import { formatProblem, type Problem } from '../../src/policy/document/problem.ts'
import { type LoadedSettings, type LoadOptions, loadSettings } from '../../src/settings/load-settings.ts'

/** Makes a folder that is removed after the test, with a vedette.yaml when a text is given. */
export function settingsFolder(t: TestContext, text?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'vedette-settings-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  if (text !== undefined) writeFileSync(join(folder, 'vedette.yaml'), text)
  return folder
}

/** Loads from a folder with nothing in the environment, unless the test says otherwise. */
export function load(folder: string, options: Partial<LoadOptions> = {}): LoadedSettings {
  return loadSettings({ folder, environment: {}, ...options })
}

/** Loads what must fail and gives its code and its problems as an operator reads them, without the folder. */
export function failureOf(
  folder: string,
  options: Partial<LoadOptions> = {},
): { code: string; says: readonly string[] } {
  try {
    load(folder, options)
  } catch (error) {
    assert.ok(error instanceof SidecarError, String(error))
    const problems = error.details.problems as readonly Problem[] | undefined
    const says = problems?.map(formatProblem) ?? [error.message]
    return { code: error.code, says: says.map((line) => line.replaceAll(`${folder}/`, '')) }
  }
  assert.fail('the settings were accepted')
}
