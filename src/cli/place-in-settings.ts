import { readFileSync } from 'node:fs'
import { SidecarError } from '../errors.ts'
import { badDocument, type Problem } from '../policy/document/problem.ts'
import type { LoadOptions } from '../settings/load-settings.ts'
import { isOfSettings, placeProblems } from '../settings/place-problems.ts'
import { settingsFile } from '../settings/settings-file.ts'

/**
 * Gives the problems of an error their lines in the settings file: that a key pair is not there is found by somebody who has
 * the settings and no text. Any other error, and one whose file cannot be read any more, stays as it is.
 */
export function placeInSettings(thrown: unknown, load: LoadOptions): unknown {
  if (!(thrown instanceof SidecarError) || thrown.code !== 'OPERATOR_BAD_DOCUMENT') return thrown
  const problems = thrown.details.problems as readonly Problem[]
  if (!problems.some(isOfSettings)) return thrown
  const { path: file } = settingsFile(load)
  try {
    return badDocument(placeProblems(problems, { text: readFileSync(file, 'utf8'), file }))
  } catch {
    return thrown
  }
}
