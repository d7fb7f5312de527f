import { readFile } from 'node:fs/promises'
import { SidecarError } from '../errors.ts'
import { redactWhole } from '../observe/redact.ts'

/** Reads the settings file to be shown. Secrets stand in files of their own; what somebody wrote into this one is taken out. */
export async function readSettingsText(file: string): Promise<string> {
  try {
    return redactWhole(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new SidecarError('OPERATOR_FILE_UNREADABLE', `settings ${file} cannot be read`, { details: { file }, cause })
  }
}
