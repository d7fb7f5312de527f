/**
 * How often somebody may try to come in. Wrong tries are counted for an account *from an address*, and for an address
 * over all accounts, never for an account alone: whoever guesses at an account locks out themselves, and its owner
 * comes in from anywhere else. Kept in memory and bounded; guessing from very many addresses is slowed by the cost of a
 * password check and by its queue.
 */
export interface TryLimits {
  /** How long this one has to wait, in seconds; 0 when it may try. */
  waitS(account: string, address: string): number
  /** Counts a try, before it is known whether it is a right one. */
  failed(account: string, address: string): void
  /** Takes back a try that was counted and was none: nobody looked at what was tried. */
  takenBack(account: string, address: string): void
  /** Takes back a try that was right, and forgives the account from this address its wrong ones. */
  succeeded(account: string, address: string): void
}

interface Tries {
  failures: number
  lastMs: number
  /** When the one before the last was, for when the last is taken back. */
  beforeMs: number
}

/** Makes an empty count. */
export function createTryLimits({ now = Date.now }: { readonly now?: () => number } = {}): TryLimits {
  const tries = new Map<string, Tries>()

  function wait(key: string, free: number): number {
    const found = tries.get(key)
    if (found === undefined || found.failures < free) return 0
    // Twice as long with each further failure: 30 s, 1 min, 2 min … up to a quarter of an hour.
    const pause = Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** (found.failures - free))
    return Math.max(0, Math.ceil((found.lastMs + pause - now()) / 1000))
  }

  function count(key: string): void {
    const found = tries.get(key)
    const isFresh = found === undefined || now() - found.lastMs > FORGET_MS
    tries.delete(key)
    tries.set(key, { failures: isFresh ? 1 : found.failures + 1, lastMs: now(), beforeMs: found?.lastMs ?? 0 })
    const oldest = tries.keys().next().value
    if (tries.size > KEPT_MAX && oldest !== undefined) tries.delete(oldest)
  }

  function takeBack(key: string): void {
    const found = tries.get(key)
    if (found === undefined) return
    found.failures -= 1
    found.lastMs = found.beforeMs
    if (found.failures <= 0) tries.delete(key)
  }

  const pair = (account: string, address: string) => `${networkOf(address)} ${account.toLowerCase().slice(0, 64)}`
  return {
    waitS: (account, address) =>
      Math.max(wait(pair(account, address), FREE_FOR_ACCOUNT), wait(networkOf(address), FREE_FOR_ADDRESS)),
    failed(account, address) {
      count(pair(account, address))
      count(networkOf(address))
    },
    takenBack(account, address) {
      takeBack(pair(account, address))
      takeBack(networkOf(address))
    },
    succeeded(account, address) {
      tries.delete(pair(account, address))
      // The wrong ones of the address stay: whoever has one account may not guess at the others without end.
      takeBack(networkOf(address))
    },
  }
}

/** One customer has a whole /64 of IPv6 addresses, so those count as one. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter((group) => group !== '')
  const after = tail === undefined ? [] : tail.split(':').filter((group) => group !== '')
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0')
  return [...groups, ...zeros, ...after].slice(0, 4).join(':')
}

const FREE_FOR_ACCOUNT = 5
const FREE_FOR_ADDRESS = 20
const PAUSE_MS = 30_000
const PAUSE_MAX_MS = 15 * 60_000
const FORGET_MS = 15 * 60_000
const KEPT_MAX = 10_000
