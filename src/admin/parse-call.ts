/** From an authorised request to a call: query, body and preconditions checked by the schemas of its route. */
import type * as z from 'zod'
import { SidecarError } from '../errors.ts'
import { placesOf } from './places.ts'
import type { Route } from './routes/route.ts'

/** What a request brings beside its path. */
export interface Brought {
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
  readonly contentType: string | undefined
  readonly ifMatch: string | undefined
  readonly prefer: string | undefined
}

export interface Parsed {
  readonly query: unknown
  readonly body: unknown
  readonly ifVersion: number
  readonly waitMs: number
}

/** Checks what a request brings; throws what its client has to mend. */
export function parseCall(route: Route, brought: Brought): Parsed {
  return {
    query: route.query === undefined ? undefined : parse(route.query, brought.query, 'the query'),
    body: bodyOf(route, brought),
    ifVersion: route.precondition ? versionIn(brought.ifMatch) : 0,
    waitMs: waitIn(brought.prefer),
  }
}

/** Names a version as an ETag. */
export function etagOf({ version, sha256 }: { readonly version: number; readonly sha256: string }): string {
  return `"v${version}-${sha256.slice(0, 12)}"`
}

function bodyOf({ body: schema }: Route, { body, contentType }: Brought): unknown {
  if (schema === undefined) return undefined
  const wanted = schema === 'bytes' ? 'application/octet-stream' : 'application/json'
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== wanted) {
    throw new SidecarError('OPERATOR_BAD_REQUEST', `the body has to be ${wanted}, found ${contentType ?? 'no type'}`, {
      details: { status: 415 },
    })
  }
  return schema === 'bytes' ? body : parse(schema, body, 'the body')
}

function parse(schema: z.ZodType, value: unknown, what: string): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const places = placesOf(result.error.issues)
  const [first] = places
  const where = first === undefined || first.path === '' ? what : `${what}, ${first.path}`
  const more = result.error.issues.length > 1 ? ` (and ${result.error.issues.length - 1} more)` : ''
  throw new SidecarError('OPERATOR_BAD_REQUEST', `${where}: ${first?.message ?? 'is bad'}${more}`, {
    details: { places },
  })
}

function versionIn(ifMatch: string | undefined): number {
  if (ifMatch === undefined) throw new SidecarError('OPERATOR_NO_PRECONDITION', 'If-Match is missing')
  const version = /^"v(\d{1,9})-[0-9a-f]{12}"$/.exec(ifMatch.trim())?.[1]
  if (version !== undefined) return Number(version)
  throw new SidecarError(
    'OPERATOR_NO_PRECONDITION',
    `If-Match holds no ETag of a policy: ${JSON.stringify(ifMatch.slice(0, 80))}`,
  )
}

/** RFC 7240: how long an answer may be waited for. */
function waitIn(prefer: string | undefined): number {
  const seconds = Number(/(?:^|[,;\s])wait=(\d{1,3})(?:$|[,;\s])/.exec(prefer ?? '')?.[1] ?? 0)
  return Math.min(seconds, 120) * 1000
}
