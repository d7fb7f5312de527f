/** One request on its way to its handler: authorised, checked, typed by its row in the table of routes. */
import type * as z from 'zod'
import type { Identity } from './access/identity.ts'
import type { TryLimits } from './access/try-limits.ts'
import type { Frozen, Instance } from './instance.ts'
import type { Operations } from './operations.ts'
import type { Previews, StoredBackup, StoredUpload } from './previews.ts'
import type { RouteName, routeTable } from './route-table.ts'
import type { Stream } from './stream.ts'
import type { Feed } from './traffic/feed.ts'

/** What handlers work with. */
export interface Means {
  readonly instance: Instance
  readonly operations: Operations
  readonly uploads: Previews<StoredUpload>
  readonly restores: Previews<StoredBackup>
  readonly feed: Feed
  readonly stream: Stream
  readonly tries: TryLimits
  readonly now: () => number
}

export interface Call<N extends RouteName> {
  readonly who: Identity
  readonly address: string
  readonly userAgent: string
  readonly params: Readonly<Record<string, string>>
  readonly query: QueryOf<N>
  readonly body: BodyOf<N>
  /** The version that If-Match names; 0 where the route asks for none. */
  readonly ifVersion: number
  /** The password of an uploaded key store. */
  readonly storePassword: string | undefined
  /** How long an operation is waited for. */
  readonly waitMs: number
  /** A field of the answer, such as Location. */
  setField(name: string, value: string): void
  /** Writes the session cookie; an empty token takes it away. */
  setSession(token: string): void
  /** Answers with another status than that of the table. */
  setStatus(status: number): void
}

export type Handler<N extends RouteName> = (call: Call<N>, means: Means) => AnswerOf<N> | Promise<AnswerOf<N>>
/** A handler for each route; the type is complete by the table. */
export type Handlers<N extends RouteName> = { readonly [Name in N]: Handler<Name> }

type Table = typeof routeTable
type QueryOf<N extends RouteName> = Table[N] extends { query: infer Q extends z.ZodType } ? z.output<Q> : undefined
type BodyOf<N extends RouteName> = Table[N] extends { body: infer B }
  ? B extends z.ZodType
    ? z.output<B>
    : Buffer
  : undefined
type AnswerOf<N extends RouteName> = Table[N]['answer'] extends infer A
  ? A extends z.ZodType
    ? Frozen<z.output<A>>
    : A extends 'text'
      ? string
      : A extends 'nothing'
        ? undefined
        : A extends 'stream'
          ? 'stream'
          : unknown
  : never
