/** Trust stores: what they hold, and uploads that are shown before they are believed. */
import * as z from 'zod'
import { sha256, timeMs } from './parts.ts'

/** The name of a folder under truststores/, or bundled, or system. */
export const storeName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)

/** One trusted certificate. */
export const anchor = z.object({
  subject: z.string(),
  issuer: z.string(),
  sha256: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  key: z.string(),
  warnings: z.array(z.string()),
  files: z.array(z.string()),
})

/** One store in the list. */
export const store = z.object({
  name: storeName,
  builtIn: z.boolean(),
  certificates: z.int(),
  sha256: z.string().describe('The hash of the set; empty for a store that cannot be used.'),
  firstExpiry: z.string(),
  warnings: z.int(),
  problems: z.array(z.string()),
  usedBy: z.array(z.string()).describe('The rules of the policy in force that trust it; (unlisted) for the rest.'),
})
export const stores = z.object({ items: z.array(store) })
export const storeDetail = store.extend({ anchors: z.array(anchor) })

/** What an uploaded file holds; nothing is trusted yet. */
export const upload = z.object({
  digest: sha256.describe('Names the upload; SHA-256 of its bytes.'),
  store: storeName,
  fresh: z.array(anchor).describe('Would be newly trusted.'),
  known: z.array(anchor).describe('Are in the store already.'),
  expiresMs: timeMs.describe('When the preview is forgotten.'),
})
export const commitRequest = z.strictObject({
  sha256: z.array(sha256).min(1).max(1000).describe('The certificates to trust: those that were looked at.'),
})
