import type * as z from 'zod'
import type { KeyArea, Role } from '../contract.ts'

/** Who may: anybody at all, or somebody with at least this role. */
export type Least = 'anyone' | Role
/** The part of the API a route belongs to: API keys are limited to parts, and to `access` none ever gets. */
export type Area = KeyArea | 'access'

/** One route: who may, what it takes, what it gives. Authorisation, OpenAPI and docs/api.md are made from this. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below /api/v1; names in braces are parameters. */
  readonly path: string
  readonly area: Area
  readonly least: Least
  readonly says: string
  readonly query?: z.ZodObject
  /** `bytes` is a file as it is. */
  readonly body?: z.ZodObject | 'bytes'
  readonly status: 200 | 201 | 202 | 204
  /** What a good answer holds; `text` is plain text, `json` a document of its own, `stream` server-sent events. */
  readonly answer: z.ZodType | 'text' | 'json' | 'stream' | 'nothing'
  /** If-Match has to name the version in force: 428 without, 412 when it is another. */
  readonly precondition?: true
}
