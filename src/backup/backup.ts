/**
 * The one file a backup is. Strict in every place, because it comes back from wherever it was kept: what is not described
 * here is refused. It holds nothing that lets anybody in: no key pairs, no users, no password or token in any form.
 */
import * as z from 'zod'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits')
const policyText = z.string().max(1_000_000)

const version = z.strictObject({
  number: z.int().min(1),
  sha256,
  author: z.string().max(300),
  timeMs: z.int().min(0),
  comment: z.string().max(10_000),
  source: z.enum(['page', 'api', 'cli', 'file', 'signal', 'rollback', 'revert']),
  parent: z.int().min(1).nullable(),
  text: policyText,
})

export const backupSchema = z.strictObject({
  apiVersion: z.literal('vedette/v1'),
  kind: z.literal('Backup'),
  madeMs: z.int().min(0),
  /** The release that made it. */
  product: z.string().max(100),
  /** The versions that were in force, newest first: the first one is what a restore brings back. */
  versions: z.array(version).min(1).max(10_000),
  /** How many older versions did not fit. */
  versionsLeftOut: z.int().min(0),
  trustStores: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected letters, digits, dot, dash, underscore'),
        /** PEM, one certificate each. */
        certificates: z.array(z.string().max(100_000)).max(10_000),
        /** Why there are none although the store was there; empty where it could be read. */
        problem: z.string().max(2000),
      }),
    )
    .max(1000),
  /** To be read by people: no restore touches the settings. */
  settings: z.strictObject({ file: z.string().max(4096), text: z.string().max(1_000_000) }).nullable(),
})

export type Backup = z.output<typeof backupSchema>

/** What a backup may weigh, made or restored. */
export const BACKUP_BYTES_MAX = 10 * 1_048_576
