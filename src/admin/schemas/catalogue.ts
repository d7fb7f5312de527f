/** Protocols, suites, groups and signature algorithms: what is known of them, in which column they stand, what is sent. */
import * as z from 'zod'

const strength = z.enum(['good', 'weak', 'broken'])

/** What is known of each entry of each list, whether it can be named or not. */
const known = z.object({
  iana: z.string(),
  openssl: z.string().nullable(),
  gnutls: z.string().nullable(),
  since: z.string().nullable().describe('The first default set that has it.'),
  until: z.string().nullable().describe('The first default set that has it no longer.'),
  strength,
  available: z.boolean().describe('Whether this runtime has it.'),
  reason: z.string().describe('Why it is weak, gone or of no use; empty for a good one.'),
})

/** Everything there is a name for. */
export const knownCatalogue = z.object({
  protocols: z.array(
    known.extend({ name: z.string(), java: z.string().nullable(), code: z.int().nullable().describe('On the wire.') }),
  ),
  ciphers: z.array(
    known.extend({
      java: z.array(z.string()),
      code: z.int(),
      keyExchange: z.string(),
      authentication: z.string(),
      encryption: z.string(),
      mac: z.string(),
      bits: z.int(),
      forwardSecrecy: z.boolean(),
      weaknesses: z.array(z.string()),
    }),
  ),
  groups: z.array(known.extend({ name: z.string(), java: z.string().nullable(), code: z.int(), bits: z.int() })),
  signatureAlgorithms: z.array(
    known.omit({ iana: true }).extend({
      name: z.string(),
      java: z.string().nullable(),
      code: z.int(),
      bits: z.int(),
      key: z.string(),
      inTls12: z.boolean(),
      inTls13: z.boolean(),
    }),
  ),
})

const columnEntry = z.object({
  name: z.string(),
  openssl: z.string(),
  isDefault: z.boolean().describe('In the newest default set.'),
  strength,
  bits: z.int().nullable(),
  reason: z.string(),
})
const listColumns = z.object({
  available: z.array(columnEntry),
  selected: z.array(columnEntry).describe('In the order in which they are offered.'),
  lost: z.array(z.object({ name: z.string(), reason: z.string() })).describe('Written, and in neither column.'),
})

/** The two columns of each list. */
export const columns = z.object({
  protocols: listColumns,
  ciphers: listColumns,
  groups: listColumns,
  signatureAlgorithms: listColumns,
})

const codePoints = z.array(z.object({ name: z.string(), code: z.int() }))

/** A ClientHello as it leaves, each list in the order of the wire. */
export const clientHello = z.object({
  protocols: codePoints,
  suites: codePoints,
  signals: codePoints,
  groups: codePoints,
  keyShares: codePoints,
  signatureAlgorithms: codePoints,
  serverName: z.string(),
  alpn: z.array(z.string()),
  resumes: z.boolean(),
  earlyData: z.literal(false),
  postQuantum: z.enum(['off', 'compatible', 'prefer']),
  securityLevel: z.int(),
  flags: z.array(z.string()).describe('What makes it other than usual; the catalogue says what each means.'),
})
