/** Who may come in: the first admin, sessions, users, API keys, and the record of what they did. */
import * as z from 'zod'
import { pageOf, timeMs } from './parts.ts'

/** What somebody may do; each includes those before it. */
export const role = z.enum(['viewer', 'operator', 'admin'])

/** The parts of the API a key may be limited to; users, keys and sessions are never among them. */
export const keyArea = z.enum(['policy', 'trust', 'backends', 'traffic', 'instance'])

/** How somebody is called: in the record, for good. */
export const userName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'expected letters, digits, dot, dash, underscore or @')

/** Length is what counts; 200 keeps the work of hashing bounded. */
export const password = z.string().min(12, 'expected at least 12 characters').max(200)

const secret = z.string().min(1).max(200)

/** The first admin, made with the one-time link. */
export const setupRequest = z.strictObject({ token: secret, name: userName, password })
/** Whether the first admin is still missing. */
export const setupState = z.object({ needed: z.boolean() })

export const signInRequest = z.strictObject({ name: z.string().min(1).max(64), password: z.string().min(1).max(200) })

/** Who is asking, and how long they may go on. */
export const session = z.object({
  name: z.string(),
  role,
  by: z.enum(['session', 'key']),
  /** Null for a key. */
  sessionId: z.string().nullable(),
  idleUntilMs: timeMs.nullable(),
  untilMs: timeMs.nullable(),
})

/** One open session, as its owner or an admin sees it. */
export const openSession = z.object({
  id: z.string().describe('Names the session; it cannot be used to come in.'),
  name: z.string(),
  address: z.string(),
  userAgent: z.string(),
  createdMs: timeMs,
  seenMs: timeMs,
  untilMs: timeMs,
  isThis: z.boolean(),
})
export const openSessions = z.object({ items: z.array(openSession) })

export const user = z.object({ name: userName, role, createdMs: timeMs, createdBy: z.string(), disabled: z.boolean() })
export const users = z.object({ items: z.array(user) })
export const newUser = z.strictObject({ name: userName, role, password })
export const userChange = z.strictObject({
  role: role.optional(),
  password: password.optional().describe('Ends all sessions of this user.'),
  disabled: z.boolean().optional(),
})
/** Anybody changes their own password; the other sessions end. */
export const passwordChange = z.strictObject({ current: secret, password })

export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  role,
  areas: z.array(keyArea),
  createdMs: timeMs,
  createdBy: z.string(),
  untilMs: timeMs,
  usedMs: timeMs.nullable(),
  revoked: z.boolean(),
})
export const apiKeys = z.object({ items: z.array(apiKey) })
export const newApiKey = z.strictObject({
  name: userName,
  role: z.enum(['viewer', 'operator']),
  areas: z.array(keyArea).min(1),
  expiresInDays: z.int().min(1).max(365),
})
/** The secret is shown this once. */
export const madeApiKey = apiKey.extend({ secret: z.string() })

/** One entry of the record: each holds the hash of the one before. */
export const auditEntry = z.object({
  number: z.int(),
  timeMs,
  actor: z.string(),
  address: z.string(),
  action: z.string().describe('sign-in, policy.apply, truststore.add, …'),
  subject: z.string().describe('What it was done to.'),
  outcome: z.enum(['done', 'refused']),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string(),
})
export const auditPage = pageOf(auditEntry)
/** Whether the record is whole. */
export const auditCheck = z.object({
  entries: z.int(),
  whole: z.boolean(),
  brokenAt: z.int().nullable().describe('The first entry that does not fit.'),
  head: z.string().describe('The hash of the newest entry: note it elsewhere, and a cut-off end is found out too.'),
})
