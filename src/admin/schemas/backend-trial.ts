import * as z from 'zod'

/** What a backend accepts, found out by trying, and the tightest rule that it can still be reached under. */
export const backendTrial = z.object({
  backend: z.string(),
  rule: z.string().describe('The rule that holds for it now.'),
  matrix: z.object({
    protocols: z.array(z.string()).describe('Newest first.'),
    suites: z.record(z.string(), z.array(z.string())).describe('By protocol, in the order in which the backend chose.'),
    groups: z.array(z.string()),
    serverName: z.enum(['same with and without', 'another certificate without', 'needed', 'disliked', 'unknown']),
    largeHello: z.enum(['taken', 'answered in the classic way', 'broken off']),
    staples: z.boolean(),
    resumes: z.boolean(),
    handshakes: z.int(),
    complete: z.boolean().describe('False when a limit ended the trying: what is missing was not tried.'),
  }),
  tightest: z
    .object({
      name: z.string(),
      match: z.array(z.string()),
      sni: z.literal(false).optional(),
      tls: z.record(z.string(), z.unknown()),
    })
    .nullable()
    .describe('An entry for rules; null where it accepts nothing.'),
})
