/**
 * Parts that requests and answers share. Requests are strict: an unknown key is an error, because a mistyped one would
 * mean nothing, silently. Times are milliseconds since the epoch.
 */
import * as z from 'zod'

/** Milliseconds since the epoch. */
export const timeMs = z.int().describe('Milliseconds since the epoch.')
/** SHA-256, hex. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/** What somebody says about a change, for the record. */
export const comment = z.string().max(2000).default('')
/** A destination as operators write it. */
export const destinationText = z.string().min(1).max(300).describe('host, host:port, http://… or https://…')

/** One thing wrong, or doubtful, at one place of a request or of a policy text. */
export const place = z.object({
  pointer: z.string().describe('JSON pointer (RFC 6901) into the body, or into the policy document.'),
  message: z.string(),
  severity: z.enum(['error', 'warning']),
  path: z.string().describe('As a reader would write it: spec.tls.ciphers[3].'),
  line: z.int().describe('1-based line of the policy text; 0 where there are no lines.'),
  column: z.int(),
})

/** Every refusal: application/problem+json (RFC 9457). */
export const problem = z.object({
  type: z.string().describe('urn:vedette:error: and the code.'),
  title: z.string().describe('What to do next, in one sentence.'),
  status: z.int(),
  detail: z.string().describe('What failed, about whom, what was found.'),
  instance: z.string().describe('The request id, as X-Request-Id has it and as the log knows it.'),
  code: z.string().describe('A code of docs/errors.md.'),
  see: z.string().describe('Where the documents explain the code; the System Manager serves them under /docs.'),
  errors: z.array(place).describe('Every place at fault; empty where there is none to name.'),
  details: z.record(z.string(), z.unknown()).describe('Facts of the error: who holds the conflicting version, …'),
})

/** Where a list goes on. */
export const next = z.string().nullable().describe('The cursor of the next page; null on the last one.')

/** The query of every list: pages are stable while the list grows at its head. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional(),
})

/** Makes the answer of a list. */
export function pageOf<S extends z.ZodType>(item: S) {
  return z.object({ items: z.array(item), next })
}

/** Nothing is asked, or nothing is answered. */
export const nothing = z.strictObject({})
