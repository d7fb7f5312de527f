/**
 * The sockets the instance listens on, bound once and kept by the supervisor for its whole life, or passed by systemd and
 * never ours to close. Workers come and go with copies of the handles; while none of them accepts, callers wait in the
 * kernel.
 */
import type { ServiceAddress } from '../../settings/service.ts'
import type { Settings } from '../../settings/settings.ts'
import type { TcpHandle } from '../../wire/raw-handle.ts'
import type { BoundAddress } from '../messages.ts'
import { type BoundSocket, bindAddress, describeAddress, removeStaleFile, setMode } from './bind-entrance.ts'
import { addressKey, type PassedSockets } from './systemd-sockets.ts'

/** One address and the entrance that callers reach there: `proxy`, `socks`, or the name of a service. */
export interface EntranceAddress {
  readonly entrance: string
  /** Which of the entrance's addresses it is, from 0. */
  readonly place: number
  readonly address: ServiceAddress
}

/** One listening socket, for the workers. */
export interface EntranceListener {
  readonly entrance: string
  readonly handle: TcpHandle
}

interface Bound extends EntranceAddress, BoundSocket {
  /** Set where systemd has opened it. */
  readonly passed?: true
}

/** Lists every address that the settings want callers at. */
export function entranceAddresses({
  proxy,
  socks,
  services,
}: Pick<Settings, 'proxy' | 'socks' | 'services'>): EntranceAddress[] {
  const doors = { proxy, socks }
  return [
    ...(['proxy', 'socks'] as const).flatMap((entrance) =>
      doors[entrance].listen.map(
        (address, place): EntranceAddress => ({ entrance, place, address: { kind: 'tcp', ...address } }),
      ),
    ),
    ...services.map(({ name, accept }) => ({ entrance: name, place: 0, address: accept })),
  ]
}

export class Listeners {
  readonly #bound = new Map<string, Bound>()
  readonly #passed: PassedSockets

  constructor(passed: PassedSockets = new Map()) {
    this.#passed = passed
  }

  /** Clears the way for socket files that are not ours yet. */
  async prepare(addresses: readonly EntranceAddress[]): Promise<void> {
    for (const one of addresses) {
      const { address } = one
      if (address.kind === 'unix' && !this.#isOpen(one)) await removeStaleFile(address.path)
    }
  }

  /** Binds what is not bound yet; throws OPERATOR_PORT_IN_USE and its like, leaving everything as it was. */
  claim(addresses: readonly EntranceAddress[]): readonly EntranceListener[] {
    const fresh: string[] = []
    try {
      return addresses.map((one) => {
        const key = keyOf(one)
        const known = this.#bound.get(key)
        const bound = known ?? { ...one, ...this.#open(one) }
        if (known === undefined) fresh.push(key)
        this.#bound.set(key, bound)
        return { entrance: one.entrance, handle: bound.handle }
      })
    } catch (error) {
      for (const key of fresh) this.#close(key)
      throw error
    }
  }

  /** Closes what the running generation does not listen on any more. */
  keepOnly(addresses: readonly EntranceAddress[]): void {
    const kept = new Map(addresses.map((one) => [keyOf(one), one]))
    for (const [key, bound] of [...this.#bound]) {
      const one = kept.get(key)
      if (one === undefined) this.#close(key)
      else this.#bound.set(key, { ...bound, ...settled(one, bound) })
    }
  }

  get addresses(): readonly BoundAddress[] {
    return [...this.#bound.values()].map(({ entrance, address, port, passed }) => ({
      ...(address.kind === 'tcp'
        ? { entrance, host: address.host, port }
        : { entrance, host: '', port: 0, path: address.path }),
      ...(passed && { passed }),
    }))
  }

  /** The sockets that were passed and that no entrance listens on, as settings would write them. */
  get unserved(): readonly string[] {
    return [...this.#passed].filter(([key]) => ![...this.#bound.values()].some(isAt(key))).map(([, one]) => one.written)
  }

  #isOpen(one: EntranceAddress): boolean {
    return this.#bound.has(keyOf(one)) || this.#passed.has(addressKey(one.address))
  }

  #open({ address }: EntranceAddress): BoundSocket & Pick<Bound, 'passed'> {
    const passed = this.#passed.get(addressKey(address))
    return passed === undefined ? bindAddress(address) : { handle: passed.handle, port: passed.port, passed: true }
  }

  /** One that was passed stays open: systemd holds it too, and a later change may want it again. */
  #close(key: string): void {
    const bound = this.#bound.get(key)
    if (!bound?.passed) bound?.handle.close()
    this.#bound.delete(key)
  }
}

/** Port 0 means "any free one", so two entries with it are two sockets; otherwise an address is one socket. */
function keyOf({ entrance, place, address }: EntranceAddress): string {
  const isAnyPort = address.kind === 'tcp' && address.port === 0
  return isAnyPort ? `${address.host}:0#${entrance}#${place}` : describeAddress(address)
}

function isAt(key: string): (bound: Bound) => boolean {
  return ({ address, passed }) => passed === true && addressKey(address) === key
}

/** A socket stays what it is when another entrance takes its address over, or its file gets other bits. */
function settled(one: EntranceAddress, before: Bound): EntranceAddress {
  const { address } = one
  // The bits of a file that was passed are SocketMode= of its unit.
  if (before.passed) return one
  const changed = address.kind === 'unix' && before.address.kind === 'unix' && address.mode !== before.address.mode
  if (changed) setMode(address)
  return one
}
