/** One file with what the instance was told, and what bringing it back would change. */
import * as z from 'zod'
import { comment, place, sha256, timeMs } from './parts.ts'
import { connectionsChoice, probation } from './policy.ts'
import { anchor, storeName } from './trust.ts'

/** What a backup would change; nothing is changed yet. */
export const restorePreview = z.object({
  digest: sha256.describe('Names the backup; SHA-256 of its bytes.'),
  expiresMs: timeMs.describe('When the preview is forgotten.'),
  madeMs: timeMs,
  product: z.string().describe('The release that made it.'),
  policy: z.object({
    number: z.int().describe('The version it had where the backup was made.'),
    author: z.string(),
    timeMs,
    comment: z.string(),
    text: z.string(),
    valid: z.boolean().describe('False: it cannot be brought back.'),
    problems: z.array(place),
    sentences: z.array(z.string()).describe('How it differs from the version in force.'),
    diff: z.string(),
  }),
  trustStores: z.array(
    z.object({
      name: storeName,
      fresh: z.array(anchor).describe('Would be newly trusted.'),
      known: z.int(),
      beside: z.int().describe('Are not in the backup, and stay.'),
      problem: z.string().describe('Why nothing can be added; empty where it can.'),
    }),
  ),
  notKept: z.array(z.string()).describe('Stores that could not be read when the backup was made.'),
  settings: z
    .object({ file: z.string(), diff: z.string().describe('Against the file that is read here; empty when alike.') })
    .nullable()
    .describe('For people to read: no restore touches the settings.'),
  versions: z.int().describe('How many versions the file holds, the one above among them.'),
})

export const restoreRequest = z.strictObject({ comment, connections: connectionsChoice, ...probation })
