/**
 * The admin API as an express application; only home of express. What happens to a request reads from top to bottom:
 * is it for us, who sends it, may they, is it well-formed, what does it want, and into the record. Every route is mounted
 * from the table, so that none can be reached around these steps.
 */
import crypto from 'node:crypto'
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import { rateLimit } from 'express-rate-limit'
import helmet from 'helmet'
import { asSidecarError, SidecarError } from '../errors.ts'
import { productVersion } from '../settings/product-version.ts'
import type { Settings } from '../settings/settings.ts'
import { refusalFor } from './access/authorise.ts'
import { type Credentials, identify, stillHolds } from './access/identify.ts'
import { type Identity, nobody } from './access/identity.ts'
import { createRequestGuard } from './access/request-guard.ts'
import { cookieFor, tokenIn } from './access/session-cookie.ts'
import { assertFewValues } from './assert-few-values.ts'
import { breathe } from './breathe.ts'
import type { Call, Handler, Means } from './call.ts'
import { problemOf, statusOf } from './error-answer.ts'
import { handlers } from './handlers/handlers.ts'
import { openApi } from './openapi.ts'
import { type PageFiles, servePage } from './page-files.ts'
import { parseCall } from './parse-call.ts'
import { type Exchange, recordDone, recordRefused } from './record-request.ts'
import { apiBase, type RouteName, routeNamed, routeNames } from './route-table.ts'
import type { Route } from './routes/route.ts'

export interface AppOptions {
  readonly means: Means
  readonly admin: Settings['admin']
  readonly isSecure: boolean
  readonly page: PageFiles
}

/** Makes the application. */
export function createApp(options: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by').disable('etag')
  // A nested query has no meaning here, and parsers of nested ones have been a source of faults.
  app.set('query parser', 'simple').set('case sensitive routing', true).set('strict routing', true)
  app.use(numbered, securityFields(options.isSecure), guarded(options), limited())
  app.use(apiBase, apiRoutes(options))
  app.use(servePage(options.page))
  app.use(answerError(options))
  return app
}

const numbered: RequestHandler = (_request, response, next) => {
  response.locals.requestId = crypto.randomUUID()
  response.setHeader('X-Request-Id', response.locals.requestId)
  next()
}

function securityFields(isSecure: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: isSecure,
  })
}

function guarded({ admin, isSecure }: AppOptions): RequestHandler {
  const refusal = createRequestGuard(admin)
  return (request, _response, next) => {
    const { host, origin } = request.headers
    const fetchSite = request.headers['sec-fetch-site']
    const error = refusal({
      method: request.method,
      address: request.socket.remoteAddress ?? '',
      host,
      origin,
      fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
      scheme: isSecure ? 'https' : 'http',
    })
    next(error)
  }
}

/** Against floods; how often passwords may be tried is counted elsewhere, and much less often. */
function limited(): RequestHandler {
  return rateLimit({
    windowMs: 10_000,
    limit: 1000,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    validate: false,
    keyGenerator: (request) => request.socket.remoteAddress ?? '',
    handler: (_request, _response, next) => {
      const details = { retryAfterS: 10 }
      next(new SidecarError('OPERATOR_TOO_MANY_TRIES', 'more than 1000 requests in 10 s from one address', { details }))
    },
  })
}

function apiRoutes(options: AppOptions): RequestHandler {
  const router = express.Router({ caseSensitive: true, strict: true })
  router.use(async (_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store')
    await breathe()
    // Who has left meanwhile has nothing to be read, and needs no answer.
    if (!response.closed) next()
  })
  for (const name of routeNames) {
    const route = routeNamed(name)
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete'
    router[method](path, authorised(route, options), ...bodyReaders(route), answered(name, options))
  }
  router.use((request) => {
    throw new SidecarError('OPERATOR_NOT_FOUND', `there is no ${request.method} ${request.path.slice(0, 200)}`)
  })
  return router
}

function authorised(route: Route, options: AppOptions): RequestHandler {
  const { instance, now } = options.means
  return (request, response, next) => {
    const who = identify(credentialsOf(request, route, options), instance.history, now())
    response.locals.who = who
    next(refusalFor(route, who))
  }
}

function credentialsOf({ headers }: Request, { answer }: Route, { isSecure }: AppOptions): Credentials {
  const { authorization, cookie } = headers
  // A browser asks for its stream again by itself.
  const isUnattended = headers['vedette-unattended'] === '1' || answer === 'stream'
  return { authorization, sessionToken: tokenIn(cookie, { isSecure }), isUnattended }
}

/** Nothing is read of a body before its sender is known to be allowed, and nothing is inflated. */
function bodyReaders({ body }: Route): RequestHandler[] {
  if (body === undefined) return []
  if (body === 'bytes') return [express.raw({ type: 'application/octet-stream', limit: UPLOAD_MAX, inflate: false })]
  const verify = (_request: unknown, _response: unknown, text: Buffer) => assertFewValues(text)
  return [express.json({ type: 'application/json', limit: JSON_MAX, inflate: false, verify })]
}

function answered(name: RouteName, options: AppOptions): RequestHandler {
  const route = routeNamed(name)
  const handle = handlers[name] as unknown as Handler<RouteName>
  return async (request, response) => {
    const call = callFor(route, request, response, options)
    await breathe()
    const answer = await handle(call, options.means)
    recordDone(name, exchangeOf(request, response, options))
    await breathe()
    send({ route, answer, response, options })
  }
}

function callFor(route: Route, request: Request, response: Response, { isSecure }: AppOptions): Call<RouteName> {
  const { headers } = request
  const field = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined)
  const brought = { query: request.query, body: request.body as unknown, contentType: field('content-type') }
  const parsed = parseCall(route, { ...brought, ifMatch: field('if-match'), prefer: field('prefer') })
  response.status(route.status)
  return {
    ...(parsed as Pick<Call<RouteName>, 'query' | 'body' | 'ifVersion' | 'waitMs'>),
    who: (response.locals.who as Identity | undefined) ?? nobody,
    address: request.socket.remoteAddress ?? '',
    userAgent: (field('user-agent') ?? '').slice(0, 200),
    params: request.params as Record<string, string>,
    storePassword: readPassword(field('vedette-store-password')),
    setField: (fieldName, value) => void response.setHeader(fieldName, value),
    setSession: (token) => void response.setHeader('Set-Cookie', cookieFor(token, { isSecure })),
    setStatus: (status) => void response.status(status),
  }
}

/** A field holds ASCII alone, so the password comes percent-encoded. */
function readPassword(field: string | undefined): string | undefined {
  try {
    return field === undefined ? undefined : decodeURIComponent(field)
  } catch {
    throw new SidecarError('OPERATOR_BAD_REQUEST', 'the password of the key store is not percent-encoded UTF-8')
  }
}

interface Sending {
  readonly route: Route
  readonly answer: unknown
  readonly response: Response
  readonly options: AppOptions
}

function send({ route, answer, response, options }: Sending): void {
  const { means } = options
  if (route.answer === 'nothing') response.end()
  else if (route.answer === 'text') response.type('text/plain').send(answer)
  else if (route.answer === 'stream') {
    const credentials = credentialsOf(response.req, route, options)
    // Asked again and again while somebody watches.
    means.stream.add(response, () => stillHolds(credentials, means.instance.history, means.now()))
    means.stream.send('status', { ...means.instance.status(), product: product() })
  } else response.json(route.path === '/openapi.json' ? openApi(productVersion()) : answer)
}

function product() {
  return { version: productVersion(), node: process.versions.node, openssl: process.versions.openssl }
}

function exchangeOf(request: Request, response: Response, { means }: AppOptions): Exchange {
  return { request, response, history: means.instance.history, nowMs: means.now() }
}

function answerError(options: AppOptions): ErrorRequestHandler {
  return (thrown: unknown, request: Request, response: Response, _next) => {
    const error = asRefusal(thrown)
    const { instance } = options.means
    if (error.code === 'INTERNAL_ERROR')
      instance.log('internal.error', 'an admin request could not be answered', { error })
    recordRefused(error, exchangeOf(request, response, options))
    if (response.headersSent) return response.destroy()
    if (typeof error.details.retryAfterS === 'number') response.setHeader('Retry-After', error.details.retryAfterS)
    if (error.code === 'OPERATOR_NOT_SIGNED_IN') response.setHeader('WWW-Authenticate', 'Bearer realm="vedette"')
    response.status(statusOf(error)).type('application/problem+json')
    response.send(JSON.stringify(problemOf(error, response.locals.requestId as string)))
  }
}

/** Errors of the readers of bodies carry a status and a type of their own. */
function asRefusal(thrown: unknown): SidecarError {
  if (thrown instanceof SidecarError || !(thrown instanceof Error)) return asSidecarError(thrown)
  const { status, type } = thrown as Error & { status?: number; type?: string }
  if (status === 413)
    return new SidecarError(
      'OPERATOR_TOO_LARGE',
      `the body is too large: ${UPLOAD_MAX / 1_048_576} MiB for a file, ${JSON_MAX / 1_048_576} MiB for JSON`,
    )
  if (status === undefined || status >= 500) return asSidecarError(thrown)
  const what = type === 'entity.parse.failed' ? 'the body is no JSON' : thrown.message
  return new SidecarError('OPERATOR_BAD_REQUEST', what.slice(0, 200), { details: { status } })
}

const JSON_MAX = 2 * 1_048_576
const UPLOAD_MAX = 10 * 1_048_576
