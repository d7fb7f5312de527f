/**
 * Key exchange groups: their names, and the list OpenSSL 3.5 reads. The list is always written out: `DEFAULT` had a
 * tuple bug of its own (CVE-2026-2673), and what it means changes with every OpenSSL.
 */
import type { PostQuantum } from '../policy.ts'

/** A key exchange group. */
export interface Group {
  /** The one name used in documents, logs and pages; OpenSSL knows it too. */
  readonly name: string
  /** What others call it, Node's getEphemeralKeyInfo included. */
  readonly aliases: readonly string[]
  /** The number in the ClientHello. */
  readonly code: number
  readonly inTls12: boolean
  readonly inTls13: boolean
  readonly postQuantum: boolean
}

const everywhere = { inTls12: true, inTls13: true, postQuantum: false }
const tls13Only = { inTls12: false, inTls13: true, postQuantum: false }
const tls12Only = { inTls12: true, inTls13: false, postQuantum: false }
const hybrid = { inTls12: false, inTls13: true, postQuantum: true }

/** The groups a policy may name. */
export const groups: readonly Group[] = [
  { name: 'X25519MLKEM768', aliases: [], code: 0x11ec, ...hybrid },
  { name: 'SecP256r1MLKEM768', aliases: [], code: 0x11eb, ...hybrid },
  { name: 'SecP384r1MLKEM1024', aliases: [], code: 0x11ed, ...hybrid },
  { name: 'X25519', aliases: [], code: 29, ...everywhere },
  { name: 'X448', aliases: [], code: 30, ...everywhere },
  { name: 'P-256', aliases: ['secp256r1', 'prime256v1'], code: 23, ...everywhere },
  { name: 'P-384', aliases: ['secp384r1'], code: 24, ...everywhere },
  { name: 'P-521', aliases: ['secp521r1'], code: 25, ...everywhere },
  { name: 'brainpoolP256r1', aliases: [], code: 26, ...tls12Only },
  { name: 'brainpoolP384r1', aliases: [], code: 27, ...tls12Only },
  { name: 'brainpoolP512r1', aliases: [], code: 28, ...tls12Only },
  { name: 'ffdhe2048', aliases: [], code: 256, ...tls13Only },
  { name: 'ffdhe3072', aliases: [], code: 257, ...tls13Only },
  { name: 'ffdhe4096', aliases: [], code: 258, ...tls13Only },
  { name: 'ffdhe6144', aliases: [], code: 259, ...tls13Only },
  { name: 'ffdhe8192', aliases: [], code: 260, ...tls13Only },
  { name: 'MLKEM768', aliases: [], code: 0x0201, ...hybrid },
  { name: 'MLKEM1024', aliases: [], code: 0x0202, ...hybrid },
]

const byName = new Map(
  groups.flatMap((group) => [group.name, ...group.aliases].map((name) => [name.toLowerCase(), group] as const)),
)

/** Finds a group by any of its names, in any case. */
export function findGroup(name: string): Group | undefined {
  return byName.get(name.toLowerCase())
}

const byCode = new Map(groups.map((group) => [group.code, group]))

/** Finds a group by its number in a hello. */
export function findGroupByCode(code: number): Group | undefined {
  return byCode.get(code)
}

/**
 * Writes the list for OpenSSL. A star asks for a key share: a hybrid share makes a ClientHello of 1.6 kB that some
 * backends and middleboxes reset, so under `compatible` the hybrid group is offered, but only the first classic group
 * brings a share; a backend that wants the hybrid one asks for it with a HelloRetryRequest.
 */
export function writeGroups(names: readonly string[], postQuantum: PostQuantum): string {
  // A share for a group that TLS 1.3 does not have makes OpenSSL give up before the first byte.
  const firstClassic = names.find((name) => !isHybrid(name) && findGroup(name)?.inTls13)
  const firstHybrid = names.find(isHybrid)
  const wantsHybridShare = postQuantum === 'prefer' || firstClassic === undefined
  return names
    .map((name) => (name === firstClassic || (wantsHybridShare && name === firstHybrid) ? `*${name}` : name))
    .join(':')
}

/** Reads the names back from the list that `writeGroups` wrote: all, or those that bring a key share. */
export function readGroups(list: string, which: 'all' | 'with key share' = 'all'): string[] {
  const entries = which === 'all' ? list.split(':') : list.split(':').filter((entry) => entry.startsWith('*'))
  return entries.map((entry) => entry.replace('*', ''))
}

function isHybrid(name: string): boolean {
  return findGroup(name)?.postQuantum ?? false
}
