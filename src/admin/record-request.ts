/** What of a request goes into the record of who did what: everything that changes something, or tries to and may not. */
import type { Request, Response } from 'express'
import type { SidecarError } from '../errors.ts'
import { recordAudit } from '../history/audit.ts'
import type { History } from '../history/open-history.ts'
import { userNamed } from '../history/users.ts'
import { type Identity, nobody } from './access/identity.ts'
import { type RouteName, routeNamed, routeNames } from './route-table.ts'

/** One request with the answer that is being made. */
export interface Exchange {
  readonly request: Request
  readonly response: Response
  readonly history: History
  readonly nowMs: number
}

/** Records a request that was carried out. */
export function recordDone(name: RouteName, exchange: Exchange): void {
  if (isRecorded(name)) record(name, exchange, { outcome: 'done' })
}

/** Records a request that was refused; none that met no route. */
export function recordRefused(error: SidecarError, exchange: Exchange): void {
  const name = routeNames.find((each) => isRoute(each, exchange.request))
  if (name === undefined || !isRecorded(name) || floods.includes(error.code)) return
  record(name, exchange, { outcome: 'refused', code: error.code })
}

interface Outcome {
  readonly outcome: 'done' | 'refused'
  readonly code?: string
}

function record(name: RouteName, { request, response, history, nowMs }: Exchange, { outcome, code }: Outcome): void {
  const { name: actor } = (response.locals.who as Identity | undefined) ?? nobody
  const subject = Object.values(request.params).join(' ') || subjectIn(request.body, { outcome, history })
  recordAudit(history, {
    timeMs: nowMs,
    actor: actor === '' ? subject : actor,
    address: request.socket.remoteAddress ?? '',
    action: name,
    subject: subject.slice(0, 300),
    outcome,
    detail: { requestId: response.locals.requestId as string, ...(code === undefined ? {} : { code }) },
  })
}

/**
 * What a body is about: a version, a name, a backend. Of what was refused only a name that exists, as people type passwords
 * where names belong.
 */
function subjectIn(body: unknown, { outcome, history }: Pick<Exchange, 'history'> & Outcome): string {
  const { name, backend, version } = (body ?? {}) as { readonly [key: string]: unknown }
  if (Number.isSafeInteger(version)) return `version ${version}`
  const said = typeof name === 'string' ? name : backend
  if (typeof said !== 'string') return ''
  return outcome === 'done' ? said : (userNamed(history, said)?.name ?? '')
}

function isRecorded(name: RouteName): boolean {
  return routeNamed(name).method === 'GET' ? takesAway.includes(name) : !onlyLooks.includes(name)
}

function isRoute(name: RouteName, request: Request): boolean {
  const { method, path } = routeNamed(name)
  const pattern = (request.route as { path?: string } | undefined)?.path
  return method === request.method && pattern === path.replaceAll(/\{(\w+)\}/g, ':$1')
}

/** What leaves with somebody as a whole is written down, although it changes nothing. */
const takesAway: readonly RouteName[] = ['backup', 'diagnostics', 'auditExport']
const onlyLooks: readonly RouteName[] = ['checkPolicy', 'editPolicy', 'explain']
/** A flood must not fill the disk through the record: whoever may not try at all is not written down. */
const floods: readonly string[] = [
  'OPERATOR_TOO_MANY_TRIES',
  'OPERATOR_NOT_SIGNED_IN',
  'OPERATOR_CROSS_SITE',
  'OPERATOR_BAD_REQUEST',
]
