/** The operator's files that a running instance minds, grouped by what a change of them sets off. */
import { stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import type { Settings } from '../../../settings/settings.ts'
import { secretFiles } from './secret-files.ts'
import type { Trigger } from './trigger.ts'
import type { WatchedGroup } from './watch-files.ts'

export interface FileGroup extends WatchedGroup {
  readonly name: Trigger
}

/** Lists the groups for the settings in force. */
export function fileGroups(settings: Settings, settingsFile: string): readonly FileGroup[] {
  const { policy, truststores, identities } = settings
  return [
    { name: 'settings-file', files: [settingsFile, ...secretFiles(settings)], folders: [] },
    { name: 'policy-file', files: [policy], folders: [] },
    { name: 'truststore', files: [], folders: [truststores] },
    { name: 'identity', files: [], folders: [identities] },
  ]
}

/** Names who a file belongs to, for the record of a change that nobody gave a name for. */
export async function ownerOf(file: string): Promise<string> {
  try {
    const { uid } = await stat(file)
    const own = userInfo()
    return uid === own.uid ? own.username : `uid ${uid}`
  } catch {
    return 'unknown'
  }
}
