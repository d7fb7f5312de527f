/**
 * Tokens in the record of who did what: made, brought, revoked, and keys changed. An entry of a use says when it was first
 * and last and how often; the log line of each tunnel has the rest.
 */
import { type NewAuditEntry, recordAudits } from '../../history/audit.ts'
import type { History } from '../../history/open-history.ts'
import type { EventName } from '../../observe/event-names.ts'
import type { TokenNews, TokenNote } from '../worker/token-notes.ts'

/** What a command did with a token, or with the key that makes them. */
export interface TokenAct {
  readonly author: string
  readonly done: 'issued' | 'revoked' | 'rotated'
  readonly service: string
  /** The id of the token, or of the new key. */
  readonly token: string
  /** Of a token that was issued. */
  readonly holder?: string
  readonly to?: string
  readonly untilMs?: number
  /** `once`, `names-unchecked`; of keys those that were removed. */
  readonly remarks?: string
}

type Log = (name: EventName, message: string, fields?: Readonly<Record<string, unknown>>) => void

/** Writes down what a command did; throws when that cannot be written. */
export function recordTokenAct(history: History, act: TokenAct, log: Log): void {
  const { author, done, token, ...detail } = act
  const entry = {
    actor: author,
    address: '',
    action: `token.${done}`,
    subject: token,
    outcome: 'done',
    detail,
  } as const
  recordAudits(history, [{ ...entry, timeMs: Date.now() }])
  log(`token.${done}`, `${author} ${sentences[done](act)}`, { author, done, ...detail, tokenId: token })
}

/** Writes down what a worker noted; throws when that cannot be written. */
export function recordTokenNews(history: History, { notes, lost }: TokenNews, log: Log): void {
  const entries = notes.map(entryOf)
  recordAudits(history, lost > 0 ? [...entries, lostEntry(lost)] : entries)
  for (const note of notes) log(note.token === '' ? 'token.refused' : 'token.used', describe(note), fieldsOf(note))
  if (lost > 0) log('token.lost', `${lost} uses of tokens are in no record: there were too many at once`, { lost })
}

/** Whatever is called `token` is censored in a log, and an id is no secret: it is what the others are found by. */
function fieldsOf({ token, ...rest }: TokenNote): Readonly<Record<string, unknown>> {
  return token === '' ? rest : { ...rest, tokenId: token }
}

const sentences: { readonly [D in TokenAct['done']]: (act: TokenAct) => string } = {
  issued: ({ token, holder, to }) => `issued token ${token} that leads ${holder} to ${to}`,
  revoked: ({ token }) => `revoked token ${token}`,
  rotated: ({ token, service }) => `made key ${token}, which tokens for ${service} are issued with`,
}

function entryOf(note: TokenNote): NewAuditEntry {
  const { service, caller, names, token, holder, to, error, reason, count, firstMs, lastMs } = note
  return {
    timeMs: lastMs,
    actor: holder,
    address: caller,
    action: token === '' ? 'token.refused' : 'token.used',
    subject: token === '' ? service : token,
    outcome: error === '' ? 'done' : 'refused',
    detail: {
      service,
      ...(to === '' ? {} : { to }),
      ...(names.length === 0 ? {} : { names }),
      ...(error === '' ? {} : { code: error, reason }),
      ...(count === 1 ? {} : { count, firstMs }),
    },
  }
}

function lostEntry(lost: number): NewAuditEntry {
  const entry = { actor: 'vedette', address: '', action: 'token.lost', subject: '', outcome: 'done' } as const
  return { ...entry, timeMs: Date.now(), detail: { lost } }
}

function describe({ service, caller, token, holder, to, error, reason, count }: TokenNote): string {
  const times = count === 1 ? '' : ` (${count} times)`
  if (token === '') return `${service} refused a caller from ${caller}: ${reason}${times}`
  const what = `token ${token} of ${holder} was brought from ${caller} for ${to}`
  return error === '' ? `${what}${times}` : `${what}, which came to nothing: ${reason}${times}`
}
