/**
 * A backup that somebody hands in, read as an upload is: bounded before anything else happens, strict in its shape, and its
 * certificates taken as those of any file, with private keys and key stores refused. Names in it never become paths here.
 */
import crypto from 'node:crypto'
import { SidecarError } from '../errors.ts'
import { hashText } from '../history/versions.ts'
import { formatPath, type Path } from '../policy/document/problem.ts'
import { readCertificates } from '../truststore/read-certificates.ts'
import { BACKUP_BYTES_MAX, type Backup, backupSchema } from './backup.ts'

/** A backup that can be brought back. */
export interface ReadBackup {
  /** SHA-256 of its bytes, hex. */
  readonly digest: string
  readonly backup: Backup
  /** What would come into force. */
  readonly policy: Backup['versions'][number]
  readonly stores: readonly StoreInBackup[]
}

/** A store that could be read when the backup was made. */
export interface StoreInBackup {
  readonly name: string
  readonly certificates: readonly crypto.X509Certificate[]
}

/** Reads a backup; throws OPERATOR_BAD_BACKUP naming what is wrong with it, or what its certificates are refused for. */
export async function readBackup(bytes: Buffer): Promise<ReadBackup> {
  if (bytes.length > BACKUP_BYTES_MAX) throw bad(`it has more than ${BACKUP_BYTES_MAX / 1_048_576} MiB`)
  const backup = parseBackup(bytes)
  const [policy] = backup.versions
  if (policy === undefined) throw bad('it holds no version')
  for (const { number, text, sha256 } of backup.versions) {
    if (hashText(text) !== sha256) throw bad(`the text of version ${number} is not the one that was in force`)
  }
  const stores: StoreInBackup[] = []
  for (const { name, certificates, problem } of backup.trustStores) {
    if (stores.some((each) => each.name === name)) throw bad(`trust store ${name} is there twice`)
    if (problem !== '' || certificates.length === 0) continue
    const pem = Buffer.from(certificates.join('\n'))
    stores.push({ name, certificates: await readCertificates(`trust store ${name} of the backup`, pem) })
  }
  return { digest: crypto.hash('sha256', bytes, 'hex'), backup, policy, stores }
}

function parseBackup(bytes: Buffer): Backup {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw bad('it is no JSON', cause)
  }
  const result = backupSchema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = formatPath((issue?.path ?? []) as Path)
  throw bad(`${where === '' ? '' : `${where}: `}${issue?.message.slice(0, 300) ?? 'it is bad'}`)
}

function bad(message: string, cause?: unknown): SidecarError {
  return new SidecarError('OPERATOR_BAD_BACKUP', `this is no backup of Vedette: ${message}`, { cause })
}
