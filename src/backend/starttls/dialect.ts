/**
 * How one protocol asks for TLS on a connection that begins in plain text: a pure machine, bytes in, a step out. The
 * rules of every dialect: nothing of the caller is ever sent (but what MySQL's SSLRequest must repeat), whatever is not exactly what the protocol says ends it,
 * and a byte behind the go-ahead is an attempt to put words into the secured session (CVE-2011-0411), so it ends it too.
 */

export type Step =
  /** More of the backend's words are needed; `write` goes out first, if there is any. */
  | { readonly kind: 'more'; readonly write?: Buffer }
  /** TLS may begin, behind `write` if there is any. The caller is then told `greeting`, if its protocol wants one. */
  | { readonly kind: 'ready'; readonly write?: Buffer; readonly greeting?: Buffer }
  /** The caller must speak first: it is told `greeting`, and what it answers goes to `answered`. */
  | { readonly kind: 'ask'; readonly greeting: Buffer }
  /** The backend does not offer TLS; somebody on the way may have taken the offer out. `what` stands behind its name. */
  | { readonly kind: 'missing'; readonly what: string }
  /** The backend does not keep to the protocol, or is not willing to serve at all. */
  | { readonly kind: 'broken'; readonly what: string }

export interface Dialect {
  /** What happens as soon as the connection stands. */
  begin(): Step
  /** Takes what has just arrived; it is copied where it is needed longer. */
  take(bytes: Buffer): Step
  /** Takes the caller's answer, where it was asked; undefined where there is no caller. */
  answered?(answer: Buffer | undefined): Step
}

/** Tells the caller the greeting and gives its answer; rejects where there will be none. */
export type AskCaller = (greeting: Buffer) => Promise<Buffer>

/** What a dialect may need to know of the destination. */
export interface DialectOptions {
  /** The host the caller asked for: XMPP names it. */
  readonly host: string
}

/** Makes a fresh machine for one connection. */
export type MakeDialect = (options: DialectOptions) => Dialect

export const more = (write?: string): Step =>
  write === undefined ? { kind: 'more' } : { kind: 'more', write: Buffer.from(write, 'latin1') }

export const broken = (what: string): Step => ({ kind: 'broken', what })

/** What is told of a byte behind the go-ahead. */
export const injected = broken('sent more in plain text behind its go-ahead for TLS: somebody may put words into it')
