/**
 * What may be asked of a running instance over `control.sock`, and what it answers: one request line, progress lines
 * while it works, one result line. The socket's file rights are its only access control, so nothing here identifies
 * anybody: `author` is what the asker says of itself, for the record.
 */
import { SidecarError } from '../../errors.ts'
import type { KeptMigration } from '../../history/catalogues.ts'
import type { Sighting } from '../../history/sightings.ts'
import type { VersionHead } from '../../history/versions.ts'
import type { Problem } from '../../policy/document/problem.ts'
import type { ListState } from '../../revocation/list-state.ts'
import type { TunnelFate } from '../../settings/settings.ts'
import type { ErrorRecord } from '../error-record.ts'
import type { SightingNote } from '../worker/sighting-notes.ts'
import type { SetupLink } from './setup-link.ts'
import type { Status } from './status.ts'
import type { TokenAct } from './token-record.ts'
import type { CandidateRehearsal } from './trials/rehearse-candidate.ts'
import type { ListedException } from './watch/exception-list.ts'

/** Every act with the shape of its request and of its result. */
export interface Acts {
  apply: { request: ApplyRequest; result: Applied }
  confirm: { request: { readonly author: string }; result: Confirmed }
  rollback: { request: RollbackRequest; result: Applied }
  reload: { request: ReloadRequest; result: Applied }
  versions: { request: { readonly limit?: number; readonly before?: number }; result: Versions }
  migrations: { request: { readonly limit?: number }; result: { readonly migrations: readonly KeptMigration[] } }
  diff: { request: DiffRequest; result: { readonly diff: string } }
  status: { request: object; result: Status }
  backends: { request: BackendsRequest; result: { readonly backends: readonly Sighting[] } }
  backend: { request: { readonly destination: string }; result: { readonly sightings: readonly SightingNote[] } }
  exceptions: { request: object; result: { readonly exceptions: readonly ListedException[] } }
  rehearse: { request: RehearseRequest; result: CandidateRehearsal }
  setup: { request: SetupRequest; result: SetupLink }
  token: { request: TokenAct; result: object }
  'revocation-lists': { request: RevocationListsRequest; result: { readonly lists: readonly ListState[] } }
}
export type Act = keyof Acts

/** How long a change is tried before it stays; without a time it stays at once. */
export interface TrialWish {
  /** Revert by itself unless confirmed within this time. */
  readonly confirmWithinMs?: number
  /** While unconfirmed: revert when more than this share (0 to 1) of at least 20 requests is refused. */
  readonly revertOnRefusals?: number
}

export interface ApplyRequest extends TrialWish {
  readonly text: string
  /** What problems are reported under; usually the path the asker read the text from. */
  readonly file: string
  readonly author: string
  readonly comment: string
  /** The version the edit started from; another one in force is OPERATOR_EDIT_CONFLICT. */
  readonly ifVersion?: number
  /** What becomes of open tunnels and requests that it would refuse; left out, what the settings say. */
  readonly tunnels?: TunnelFate
}

export interface RollbackRequest extends TrialWish {
  readonly author: string
  readonly comment: string
  /** Left out: what `rollbackTarget` finds. */
  readonly version?: number
  readonly tunnels?: TunnelFate
}

export interface ReloadRequest {
  readonly author: string
  /** New workers are wanted even when nothing has changed. */
  readonly afresh?: boolean
  readonly tunnels?: TunnelFate
}

export interface SetupRequest {
  readonly author: string
  /** 1 asks for a link although there is an admin. */
  readonly recover?: number
}

export interface RevocationListsRequest {
  /** Read the folder and fetch every list again first. */
  readonly fetch?: boolean
}

export interface DiffRequest {
  readonly a: number
  readonly b: number
}

export interface BackendsRequest {
  /** Only those last seen as anything but trusted. */
  readonly untrusted?: boolean
  /** Only those with a certificate that ends within this time. */
  readonly endingWithinMs?: number
  readonly limit?: number
}

export interface RehearseRequest {
  readonly text: string
  /** What problems are reported under. */
  readonly file: string
}

/** How far a change has come; the order is that of the pipeline. */
export type Stage = 'rehearsed' | 'validated' | 'provisioned' | 'tests-passed' | 'started' | 'swapped' | 'draining'

export interface Progress {
  readonly stage: Stage
  readonly message: string
  readonly elapsedMs: number
}

/** A change is in force. */
export interface Applied {
  readonly version: number
  readonly generation: number
  /** True when everything was as it is already, and nothing was started. */
  readonly unchanged: boolean
  readonly warnings: readonly Problem[]
  readonly pending?: { readonly deadlineMs: number; readonly revertTo: number }
  /** The version whose text came back; only after a rollback. */
  readonly backTo?: number
  readonly elapsedMs: number
}

export interface Confirmed {
  readonly version: number
}

export interface Versions {
  readonly active: number | null
  readonly versions: readonly VersionHead[]
}

export type RequestOf<A extends Act> = { readonly id: number; readonly act: A } & Acts[A]['request']
export type ControlRequest = { [A in Act]: RequestOf<A> }[Act]

export type ControlReply =
  | { readonly id: number; readonly progress: Progress }
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorRecord }

/** Checks a line from the socket; throws OPERATOR_USAGE naming what is wrong with it. */
export function parseRequest(line: Readonly<Record<string, unknown>>): ControlRequest {
  const { id, act } = line
  if (typeof act !== 'string' || !Object.hasOwn(fields, act)) throw usage('act', 'is unknown')
  const allowed: Fields = { id: number, act: string, ...fields[act as Act] }
  if (id === undefined) throw usage('id', 'is missing')
  for (const key of Object.keys(line)) if (!Object.hasOwn(allowed, key)) throw usage(key, `is unknown to ${act}`)
  for (const [key, check] of Object.entries(allowed)) {
    if (!check(line[key])) throw usage(key, line[key] === undefined ? `is missing in ${act}` : 'has the wrong type')
  }
  return line as unknown as ControlRequest
}

type Check = (value: unknown) => boolean
type Fields = Readonly<Record<string, Check>>

const string: Check = (value) => typeof value === 'string'
const number: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const boolean: Check = (value) => typeof value === 'boolean'
const share: Check = (value) => typeof value === 'number' && value >= 0 && value <= 1
const done: Check = (value) => value === 'issued' || value === 'revoked' || value === 'rotated'
const fate: Check = (value) => value === 'drain' || value === 'cut'
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)

const trial = { confirmWithinMs: optional(number), revertOnRefusals: optional(share) }

const fields: Readonly<Record<Act, Fields>> = {
  apply: {
    text: string,
    file: string,
    author: string,
    comment: string,
    ifVersion: optional(number),
    ...trial,
    tunnels: optional(fate),
  },
  confirm: { author: string },
  rollback: { author: string, comment: string, version: optional(number), ...trial, tunnels: optional(fate) },
  reload: { author: string, afresh: optional(boolean), tunnels: optional(fate) },
  versions: { limit: optional(number), before: optional(number) },
  migrations: { limit: optional(number) },
  diff: { a: number, b: number },
  status: {},
  backends: { untrusted: optional(boolean), endingWithinMs: optional(number), limit: optional(number) },
  backend: { destination: string },
  exceptions: {},
  rehearse: { text: string, file: string },
  setup: { author: string, recover: optional(number) },
  token: {
    author: string,
    done,
    service: string,
    token: string,
    holder: optional(string),
    to: optional(string),
    untilMs: optional(number),
    remarks: optional(string),
  },
  'revocation-lists': { fetch: optional(boolean) },
}

function usage(key: string, what: string): SidecarError {
  return new SidecarError('OPERATOR_USAGE', `control request: ${JSON.stringify(key.slice(0, 40))} ${what}`)
}
