/**
 * Leave by token: a CONNECT that brings one gets to the token's destination and to no other. What is wrong with a token is
 * said in our log alone. A token for one tunnel is spent before anything is dialled, so that of two who bring it at once
 * one gets through, in whichever worker they are.
 */

import type { RequestHead } from '../http/request-head.ts'
import { parseAuthority } from '../policy/parse-destination.ts'
import type { ConnectGate, Leave, Passage } from '../proxy/connect-gate.ts'
import type { TokenKey } from '../settings/snapshot.ts'
import { TokenMarks } from '../token/token-marks.ts'
import { tokenRefused } from '../token/token-refused.ts'
import type { TokenUse } from '../token/token-use.ts'
import type { TunnelToken } from '../token/tunnel-token.ts'

/** What callers may ask for who do not know where their token leads. No such name exists (RFC 6761). */
const HIDDEN_HOST = 'tunnel.invalid'

export interface TokenGateOptions {
  /** The name of the service. */
  readonly audience: string
  readonly keys: readonly TokenKey[]
  readonly state: string
  readonly innerNames: 'checked' | 'unchecked'
  /** Told of every request of which it is known what came of it. */
  readonly used: (use: TokenUse) => void
  /** The wall clock, by default the machine's. */
  readonly now?: (() => number) | undefined
}

export class TokenGate implements ConnectGate {
  readonly #options: TokenGateOptions
  readonly #marks: TokenMarks
  readonly #tokens = new WeakMap<Leave, TunnelToken>()
  readonly #read: Promise<(text: string, nowMs: number) => Promise<TunnelToken>>

  constructor(options: TokenGateOptions) {
    this.#options = options
    this.#marks = new TokenMarks(options.state)
    this.#read = readerOf(options)
    void this.#marks.sweep(this.#nowMs).catch(() => {})
  }

  async admit(head: RequestHead): Promise<Leave> {
    const text = tokenIn(head)
    const read = await this.#read
    const token = await read(text, this.#nowMs)
    assertAsked(head.target, token)
    const isUsable = token.once ? await this.#marks.add(token.id) : !(await this.#marks.has(token.id))
    const { id, subject, to } = token
    if (!isUsable) throw tokenRefused(`${id} of ${subject} is revoked, or was for one tunnel and is spent`)
    const innerNames = token.innerNames === 'unchecked' ? 'unchecked' : this.#options.innerNames
    const leave: Leave = { to, names: [`subject:${subject}`, `token:${id}`], innerNames }
    this.#tokens.set(leave, token)
    return leave
  }

  settled({ access, leave, known }: Passage): void {
    const token = leave && this.#tokens.get(leave)
    // Who leaves before a token was judged has used none.
    if (token === undefined && access.error === 'CALLER_LEFT') return
    this.#options.used({
      service: this.#options.audience,
      caller: access.caller,
      names: known.names.slice(0, NAMES_MAX),
      ...{ token: token?.id ?? '', holder: token?.subject ?? '', to: token?.to ?? '' },
      error: access.error,
      reason: access.message.slice(0, REASON_LENGTH_MAX),
      timeMs: this.#nowMs,
    })
  }

  get #nowMs(): number {
    return (this.#options.now ?? Date.now)()
  }
}

const NAMES_MAX = 3
const REASON_LENGTH_MAX = 200

/** Loaded only where tokens are taken: the library costs every worker memory. */
async function readerOf({ keys, audience }: TokenGateOptions) {
  const { makeKeyRing, readToken } = await import('../token/read-token.ts')
  const ring = makeKeyRing(keys)
  return (text: string, nowMs: number) => readToken(text, { keys: ring, audience, nowMs })
}

function tokenIn({ method, fields }: RequestHead): string {
  if (method !== 'CONNECT') throw tokenRefused('is only for CONNECT')
  const found = fields.pairs.filter(
    (_, at, pairs) => pairs[at - 1]?.toLowerCase() === 'proxy-authorization' && at % 2 === 1,
  )
  const [, token] = /^Bearer +([^ ]+)$/i.exec(found[0] ?? '') ?? []
  if (found.length !== 1 || token === undefined) throw tokenRefused('is missing: Proxy-Authorization: Bearer brings it')
  return token
}

function assertAsked(target: string, { id, to }: TunnelToken): void {
  const asked = parseAuthority(target)
  if (asked.authority === to || asked.host === HIDDEN_HOST) return
  throw tokenRefused(`${id} is not for ${asked.authority}`)
}
