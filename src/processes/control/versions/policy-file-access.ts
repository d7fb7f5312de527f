/**
 * Whether a version could be written down as the policy file, found out beforehand: a file that is mounted read-only, as from
 * a ConfigMap, is changed where it comes from, and nobody should rehearse and dial only to learn it.
 */
import { accessSync, constants, realpathSync } from 'node:fs'
import path from 'node:path'
import { SidecarError } from '../../../errors.ts'

/** Tells why the policy file cannot be written, as the system says it (`EROFS`); empty when it can. */
export function writeFaultOf(file: string): string {
  try {
    // The new text takes the place of the old one by a new name, so the folder is what has to be writable.
    accessSync(path.dirname(targetOf(file)), constants.W_OK | constants.X_OK)
    return ''
  } catch (cause) {
    return String((cause as NodeJS.ErrnoException).code)
  }
}

/** Says what a policy file that cannot be written means, and what to do instead. */
export function describeWriteFault(file: string, fault: string): string {
  return `the policy file ${file} cannot be written (${fault}): apply, rollback and the System Manager cannot change the policy here; change that file where it comes from, and it comes into force by itself`
}

/** Throws OPERATOR_FILE_UNWRITABLE when the policy file cannot be written. */
export function assertPolicyWritable(file: string): void {
  const reason = writeFaultOf(file)
  if (reason === '') return
  throw new SidecarError('OPERATOR_FILE_UNWRITABLE', describeWriteFault(file, reason), { details: { file, reason } })
}

function targetOf(file: string): string {
  try {
    return realpathSync(file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return file
    throw cause
  }
}
