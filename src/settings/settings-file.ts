import { resolve } from 'node:path'
import type { Environment } from './environment.ts'

/** Names the settings file when no flag does. */
export const configVariable = 'VEDETTE_CONFIG'

interface Place {
  /** As an operator named it. */
  readonly file?: string
  readonly environment: Environment
  /** The working directory. */
  readonly folder: string
}

/** Tells which settings file is meant, absolute, and whether somebody named it: then it has to be there. */
export function settingsFile({ file, environment, folder }: Place): { path: string; isNamed: boolean } {
  const named = file ?? environment[configVariable]
  return { path: resolve(folder, named ?? 'vedette.yaml'), isNamed: named !== undefined }
}
