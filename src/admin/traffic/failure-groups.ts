/** Failures counted together by backend and reason, so that ten thousand of one kind are one line with a count. */
import crypto from 'node:crypto'
import type { Connection, Failure } from '../contract.ts'
import type { Frozen } from '../instance.ts'

type Group = Frozen<Failure>

export class FailureGroups {
  readonly #groups = new Map<string, Group>()
  readonly #changed = new Set<string>()

  /** Counts a connection if it failed, or would have been refused. */
  count(connection: Frozen<Connection>): void {
    const reason = reasonOf(connection)
    if (reason === undefined || connection.host === '') return
    const backend = `${connection.host.includes(':') ? `[${connection.host}]` : connection.host}:${connection.port}`
    const id = idOf(backend, reason)
    const { timeMs, message, rule } = connection
    const known = this.#groups.get(id)
    const counted = { rule, sentence: message, lastMs: timeMs, count: (known?.count ?? 0) + 1 }
    // Deleted and set again, so that the map is in the order of the newest failure.
    this.#groups.delete(id)
    this.#put({ ...(known ?? fresh({ id, backend, reason, timeMs })), ...counted })
    const oldest = this.#groups.keys().next().value
    if (this.#groups.size > GROUPS_MAX && oldest !== undefined) this.#groups.delete(oldest)
  }

  /** The newest first; a mute that is over counts as open. */
  all(nowMs: number): readonly Group[] {
    return [...this.#groups.values()].toReversed().map((group) => ended(group, nowMs))
  }

  /** Sets the state of a group; undefined when there is none of this id. */
  change(id: string, change: Pick<Group, 'state' | 'mutedUntilMs' | 'by'>): Group | undefined {
    const group = this.#groups.get(id)
    if (group === undefined) return undefined
    this.#put({ ...group, ...change })
    return this.#groups.get(id)
  }

  /** Gives the groups that changed since it was last asked. */
  changed(): readonly Group[] {
    const groups = [...this.#changed].flatMap((id) => this.#groups.get(id) ?? [])
    this.#changed.clear()
    return groups
  }

  #put(group: Group): void {
    this.#groups.set(group.id, group)
    this.#changed.add(group.id)
  }
}

function fresh({
  id,
  backend,
  reason,
  timeMs,
}: {
  id: string
  backend: string
  reason: string
  timeMs: number
}): Group {
  const none = { sentence: '', rule: '', spkiSha256: '', mutedUntilMs: null, by: '' }
  return { ...none, id, backend, reason, firstMs: timeMs, lastMs: timeMs, count: 0, state: 'open' }
}

function ended(group: Group, nowMs: number): Group {
  const isOver = group.state === 'muted' && (group.mutedUntilMs ?? 0) <= nowMs
  return isOver ? { ...group, state: 'open', mutedUntilMs: null } : group
}

/** A finding where one refused or would have, else the error; undefined for what went well. */
function reasonOf({ error, findings, wouldRefuse, decision }: Frozen<Connection>): string | undefined {
  if (error === 'POLICY_VERDICT_REFUSED' || wouldRefuse) return findings[0]?.name ?? error
  if (error !== '') return error
  return decision === 'allow-untrusted' ? findings[0]?.name : undefined
}

/** A name that survives a restart and says nothing by itself. */
function idOf(backend: string, reason: string): string {
  return crypto.hash('sha256', `${backend} ${reason}`, 'base64url').slice(0, 16)
}

const GROUPS_MAX = 1000
