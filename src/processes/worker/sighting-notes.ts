/**
 * What a worker notes of its handshakes until control writes it down. A full handshake is a sighting; one that resumes
 * shows nothing new. The same sight again is a count, told at most every half minute; all notes together have a bound,
 * and what is beyond it is dropped and counted: notes must never cost the traffic its memory.
 */
import type { Witnessed } from '../../backend/witness.ts'
import type { ExceptionUse } from '../../history/exception-uses.ts'
import type { NewSighting } from '../../history/sightings.ts'
import type { AccessNews } from '../../observe/access-sample.ts'
import { exceptionIdOf } from '../../policy/exception-id.ts'
import type { Finding, Verdict } from '../../policy/verdict.ts'
import type { TokenNews } from './token-notes.ts'

/** A sighting on its way to control: plain JSON, the certificates in base64. */
export interface SightingNote extends Omit<NewSighting, 'chain'> {
  readonly chain: readonly string[]
}

/** What one worker has noted since it last told. */
export interface Noted {
  readonly sightings: readonly SightingNote[]
  readonly exceptionUses: readonly ExceptionUse[]
  /** Sightings lost on the way, because there were too many. */
  readonly dropped: number
  /** A sample of what passed, which whoever watches may see. */
  readonly access?: AccessNews
  /** What came of tokens. */
  readonly tokens?: TokenNews
}

interface Entry {
  readonly note: SightingNote
  readonly bytes: number
  firstSeenMs: number
  lastSeenMs: number
  /** Since it was last told; 0 for a sight that is only remembered. */
  count: number
  toldMs: number
}

export class SightingNotes {
  readonly #entries = new Map<string, Entry>()
  readonly #uses = new Map<string, ExceptionUse>()
  #bytes = 0
  #dropped = 0

  /** Notes one judged handshake. */
  note(seen: Witnessed): void {
    for (const exception of seen.exceptions) this.#use(exceptionIdOf(exception), seen.nowMs)
    if (seen.tls?.resumed) return
    const key = keyOf(seen)
    const known = this.#entries.get(key)
    if (known !== undefined) {
      known.count += 1
      known.lastSeenMs = seen.nowMs
      if (known.count === 1) known.firstSeenMs = seen.nowMs
    } else this.#add(key, seen)
  }

  /** Takes what is to be told now, or all there is; undefined when there is nothing. */
  take(nowMs: number, { all = false } = {}): Noted | undefined {
    const sightings: SightingNote[] = []
    for (const entry of this.#entries.values()) {
      const { count, firstSeenMs, lastSeenMs } = entry
      if (count === 0 || (!all && nowMs - entry.toldMs < REPEAT_MS)) continue
      sightings.push({ ...entry.note, count, firstSeenMs, lastSeenMs })
      entry.count = 0
      entry.toldMs = nowMs
    }
    const exceptionUses = [...this.#uses.values()]
    const dropped = this.#dropped
    this.#uses.clear()
    this.#dropped = 0
    if (sightings.length + exceptionUses.length + dropped === 0) return undefined
    return { sightings, exceptionUses, dropped }
  }

  #add(key: string, seen: Witnessed): void {
    const note = noteOf(seen)
    const bytes = note.chain.reduce((sum, der) => sum + der.length, NOTE_BYTES)
    if (!this.#makeRoom(bytes)) {
      this.#dropped += 1
      return
    }
    const { nowMs } = seen
    this.#bytes += bytes
    this.#entries.set(key, { note, bytes, firstSeenMs: nowMs, lastSeenMs: nowMs, count: 1, toldMs: -REPEAT_MS })
  }

  /** Forgets sights that have been told; those that have not are worth more than the next one. */
  #makeRoom(bytes: number): boolean {
    const isRoom = () => this.#entries.size < ENTRIES_MAX && this.#bytes + bytes <= BYTES_MAX
    if (isRoom()) return true
    for (const [key, entry] of this.#entries) {
      if (entry.count > 0) continue
      this.#entries.delete(key)
      this.#bytes -= entry.bytes
      if (isRoom()) return true
    }
    return isRoom()
  }

  #use(id: string, nowMs: number): void {
    this.#uses.set(id, { id, uses: (this.#uses.get(id)?.uses ?? 0) + 1, lastUsedMs: nowMs })
  }
}

/** Cheap, since it is made for every full handshake: the hashes of the certificates, not the certificates. */
function keyOf({ destination, verdict, tls, serverName, stapled, presentedChain }: Witnessed): string {
  const findings = shownBy(verdict).map(({ name }) => name)
  const prints = presentedChain.slice(0, CHAIN_MAX).map((each) => each.fingerprint256)
  const facts = tls === undefined ? [] : [tls.protocol, tls.cipher, tls.group]
  return [
    destination.authority,
    verdict.outcome,
    serverName,
    stapled,
    ...verdict.because,
    ...findings,
    ...facts,
    ...prints,
  ].join()
}

/** What is only told is about us, not about the backend: that a list has not come yet makes no other sighting. */
function shownBy({ findings, weighed = findings }: Verdict): readonly Finding[] {
  return weighed
}

function noteOf({ destination, rule, version, verdict, tls, address, serverName, ...seen }: Witnessed): SightingNote {
  const { outcome, wouldRefuse, because } = verdict
  return {
    ...{ authority: destination.authority, firstSeenMs: seen.nowMs, lastSeenMs: seen.nowMs, count: 1 },
    ...{
      outcome,
      wouldRefuse,
      because,
      findings: shownBy(verdict).map(cut),
      rule: rule.name,
      version,
      address,
      serverName,
    },
    ...{ protocol: tls?.protocol ?? '', cipher: tls?.cipher ?? '', group: tls?.group ?? '', stapled: seen.stapled },
    spkiSha256: tls?.spkiSha256 ?? '',
    // Infinity is no JSON.
    notAfterMs: Number.isFinite(seen.notAfterMs) ? seen.notAfterMs : null,
    presented: seen.presentedChain.length,
    chain: keptOf(seen.presentedChain),
  }
}

function cut({ name, detail }: { name: string; detail: string }): { name: string; detail: string } {
  return { name, detail: detail.slice(0, DETAIL_LENGTH_MAX) }
}

function keptOf(chain: Witnessed['presentedChain']): string[] {
  const kept: string[] = []
  let bytes = 0
  for (const { raw } of chain.slice(0, CHAIN_MAX)) {
    bytes += raw.length
    if (bytes > CHAIN_BYTES_MAX) break
    kept.push(raw.toString('base64'))
  }
  return kept
}

const REPEAT_MS = 30_000
const ENTRIES_MAX = 256
const BYTES_MAX = 2 * 1024 * 1024
/** What an entry takes beside its chain, about. */
const NOTE_BYTES = 1024
const CHAIN_MAX = 10
const CHAIN_BYTES_MAX = 64 * 1024
const DETAIL_LENGTH_MAX = 1000
