/**
 * What backends showed us: one row for each different sight of a destination, with the first and the last time and how
 * often. Written by the control process from what workers noted, never by whoever carries traffic. Every bound is here:
 * callers choose the destinations and backends the certificates, so neither may fill the disk.
 */
import { createHash } from 'node:crypto'
import type { History } from './open-history.ts'
import { guarded } from './sqlite-error.ts'
import { inTransaction } from './transaction.ts'

/** One different sight of one destination. Names and details come from the backend: escape them where they are shown. */
export interface Sighting {
  readonly authority: string
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  /** In how many full handshakes. */
  readonly count: number
  readonly outcome: 'trusted' | 'allowed' | 'refused'
  /** Allowed only because nothing was enforced. */
  readonly wouldRefuse: boolean
  /** What let the findings pass; empty unless the outcome is `allowed`. */
  readonly because: readonly string[]
  readonly findings: readonly { readonly name: string; readonly detail: string }[]
  /** The rule and the version it was judged under the last time. */
  readonly rule: string
  readonly version: number
  readonly address: string
  /** The name we sent (SNI); empty when we sent none. */
  readonly serverName: string
  /** Empty, like suite and group, where backend and we agreed on nothing. */
  readonly protocol: string
  readonly cipher: string
  readonly group: string
  /** Whether an OCSP answer came stapled. */
  readonly stapled: boolean
  /** SHA-256 of the leaf's public key, base64; empty without a certificate. */
  readonly spkiSha256: string
  /** When the first certificate of the path ends; null without a certificate. */
  readonly notAfterMs: number | null
  /** How many certificates were presented; of a long chain not all are kept. */
  readonly presented: number
}

/** A sighting as it is recorded: `count` sights between the two times, with the chain in DER. */
export interface NewSighting extends Sighting {
  readonly chain: readonly Uint8Array[]
}

/** A sighting with the certificates that are kept of its chain, DER, the backend's own first. */
export type SightingWithChain = NewSighting

/** Which destinations to list; all of them when nothing is said. */
export interface SightingFilter {
  /** Only those whose path of certificates ends before this moment. */
  readonly endingBeforeMs?: number
  /** Only those that were last seen as anything but trusted: the ledger of untrusted backends. */
  readonly untrusted?: boolean
  readonly limit?: number
}

/** Adds sightings: a sight that is known counts up, a new one takes a row and may push the oldest out. */
export function recordSightings(history: History, sightings: readonly NewSighting[]): void {
  inTransaction(history, () => {
    const added = new Set<string>()
    for (const sighting of sightings) {
      if (countUp(history, sighting)) continue
      insert(history, sighting)
      added.add(sighting.authority)
    }
    if (added.size > 0) prune(history, added)
  })
}

/** Lists how each destination was last seen, the latest first. */
export function lastSightings(history: History, filter: SightingFilter = {}): readonly Sighting[] {
  const { endingBeforeMs = Number.MAX_SAFE_INTEGER, untrusted = false, limit = SIGHTINGS_MAX } = filter
  return guarded(history.file, () =>
    history.database
      .prepare(
        `select * from (
           select *, row_number() over (partition by authority order by last_seen_ms desc, id desc) as nth from sightings
         ) where nth = 1 and (not_after_ms < ? or ?) and (outcome <> 'trusted' or not ?)
         order by last_seen_ms desc, id desc limit ?`,
      )
      .all(endingBeforeMs, Number(filter.endingBeforeMs === undefined), Number(untrusted), limit)
      .map(sightingOf),
  )
}

/** Names the destinations that were met since a moment, the latest first. */
export function destinationsSince(history: History, sinceMs: number, limit: number): readonly string[] {
  return guarded(history.file, () =>
    history.database
      .prepare(
        `select authority from sightings group by authority having max(last_seen_ms) >= ?
         order by max(last_seen_ms) desc, authority limit ?`,
      )
      .all(sinceMs, limit)
      .map(({ authority }) => String(authority)),
  )
}

/** When the path of certificates of a destination ends, as it was last seen. */
export interface LastEnd {
  readonly authority: string
  readonly lastSeenMs: number
  readonly notAfterMs: number
}

/** Lists these ends for what was met since a moment and showed a certificate then. */
export function lastEnds(history: History, sinceMs: number): readonly LastEnd[] {
  // Beside max() SQLite gives the other columns of the row that has it.
  const query = `select authority, max(last_seen_ms) as seen, not_after_ms from sightings
     where last_seen_ms >= ? and not_after_ms is not null group by authority`
  return guarded(history.file, () =>
    history.database
      .prepare(query)
      .all(sinceMs)
      .map(({ authority, seen, not_after_ms }) => ({
        authority: String(authority),
        lastSeenMs: Number(seen),
        notAfterMs: Number(not_after_ms),
      })),
  )
}

/** Reads everything one destination has shown, the latest first, with the chains. */
export function sightingsOf(history: History, authority: string): readonly SightingWithChain[] {
  return guarded(history.file, () => {
    const rows = history.database
      .prepare('select * from sightings where authority = ? order by last_seen_ms desc, id desc')
      .all(authority)
    const certificates = history.database.prepare(
      `select der from sighting_certificates join certificates using (sha256) where sighting = ? order by position`,
    )
    return rows.map((row) => ({
      ...sightingOf(row),
      chain: certificates.all(Number(row.id)).map(({ der }) => der as Uint8Array),
    }))
  })
}

function countUp(history: History, sighting: NewSighting): boolean {
  const { changes } = history.database
    .prepare(
      `update sightings set count = count + ?, first_seen_ms = min(first_seen_ms, ?), last_seen_ms = max(last_seen_ms, ?),
         rule = ?, version = ?, address = ?, findings = ?
       where authority = ? and digest = ?`,
    )
    .run(
      ...[sighting.count, sighting.firstSeenMs, sighting.lastSeenMs, sighting.rule, sighting.version, sighting.address],
      ...[findingsText(sighting), sighting.authority, digestOf(sighting)],
    )
  return changes > 0
}

function insert(history: History, sighting: NewSighting): void {
  const { outcome, because, wouldRefuse, rule, version, address, serverName, protocol, cipher, group } = sighting
  const { lastInsertRowid } = history.database
    .prepare(
      `insert into sightings (authority, digest, first_seen_ms, last_seen_ms, count, outcome, would_refuse, because, findings,
         rule, version, address, server_name, protocol, cipher, key_exchange, stapled, spki_sha256, not_after_ms, presented)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      ...[sighting.authority, digestOf(sighting), sighting.firstSeenMs, sighting.lastSeenMs, sighting.count],
      ...[outcome, Number(wouldRefuse), JSON.stringify(because), findingsText(sighting)],
      ...[rule, version, address, serverName, protocol, cipher, group],
      ...[Number(sighting.stapled), sighting.spkiSha256, sighting.notAfterMs, sighting.presented],
    )
  const certificate = history.database.prepare('insert or ignore into certificates (sha256, der) values (?, ?)')
  const link = history.database.prepare(
    'insert into sighting_certificates (sighting, position, sha256) values (?, ?, ?)',
  )
  for (const [position, der] of keptOf(sighting.chain).entries()) {
    const sha256 = createHash('sha256').update(der).digest('hex')
    certificate.run(sha256, der)
    link.run(lastInsertRowid, position, sha256)
  }
}

/** Makes room, the longest unseen first: for a destination that shows something else each time, and for all together. */
function prune({ database }: History, authorities: ReadonlySet<string>): void {
  const ofOne = database.prepare(
    `delete from sightings where id in (
       select id from sightings where authority = ? order by last_seen_ms desc, id desc limit -1 offset ?)`,
  )
  for (const authority of authorities) ofOne.run(authority, SIGHTINGS_OF_ONE_MAX)
  const oldest = database.prepare(
    'delete from sightings where id in (select id from sightings order by last_seen_ms, id limit ?)',
  )
  const total = Number(database.prepare('select count(*) as n from sightings').get()?.n)
  if (total > SIGHTINGS_MAX) oldest.run(total - SIGHTINGS_MAX)
  dropUnused(database)
  while (bytesOf(database) > CERTIFICATE_BYTES_MAX) {
    oldest.run(OLDEST_AT_ONCE)
    dropUnused(database)
  }
}

function dropUnused(database: History['database']): void {
  database.exec('delete from certificates where sha256 not in (select sha256 from sighting_certificates)')
}

function bytesOf(database: History['database']): number {
  return Number(database.prepare('select coalesce(sum(length(der)), 0) as n from certificates').get()?.n)
}

/** What makes a sight a different one. The address is not in it: a backend behind many addresses is still one. */
function digestOf(sighting: NewSighting): string {
  const { chain, outcome, because, findings, serverName, protocol, cipher, group, stapled } = sighting
  const hash = createHash('sha256')
  const names = findings.map(({ name }) => name).toSorted()
  hash.update(JSON.stringify([outcome, because, names, serverName, protocol, cipher, group, stapled, chain.length]))
  for (const der of chain) hash.update(der)
  return hash.digest('hex')
}

function findingsText({ findings }: Sighting): string {
  const kept = findings.slice(0, FINDINGS_MAX)
  return JSON.stringify(kept.map(({ name, detail }) => ({ name, detail: detail.slice(0, DETAIL_LENGTH_MAX) })))
}

/** The first certificates of a chain, as many as a sighting may take. */
function keptOf(chain: readonly Uint8Array[]): readonly Uint8Array[] {
  let bytes = 0
  return chain.slice(0, CHAIN_MAX).filter((der) => {
    bytes += der.length
    return bytes <= CHAIN_BYTES_MAX
  })
}

function sightingOf(row: Record<string, unknown>): Sighting {
  return {
    authority: String(row.authority),
    firstSeenMs: Number(row.first_seen_ms),
    lastSeenMs: Number(row.last_seen_ms),
    count: Number(row.count),
    outcome: row.outcome as Sighting['outcome'],
    wouldRefuse: row.would_refuse === 1,
    because: JSON.parse(String(row.because)) as string[],
    findings: JSON.parse(String(row.findings)) as Sighting['findings'],
    rule: String(row.rule),
    version: Number(row.version),
    address: String(row.address),
    serverName: String(row.server_name),
    protocol: String(row.protocol),
    cipher: String(row.cipher),
    group: String(row.key_exchange),
    stapled: row.stapled === 1,
    spkiSha256: String(row.spki_sha256),
    notAfterMs: row.not_after_ms === null ? null : Number(row.not_after_ms),
    presented: Number(row.presented),
  }
}

const SIGHTINGS_MAX = 5000
const SIGHTINGS_OF_ONE_MAX = 20
const OLDEST_AT_ONCE = 100
const CERTIFICATE_BYTES_MAX = 32 * 1024 * 1024
const CHAIN_MAX = 10
const CHAIN_BYTES_MAX = 64 * 1024
const FINDINGS_MAX = 20
const DETAIL_LENGTH_MAX = 1000
