/**
 * The sockets the instance listens on, bound once and kept by the supervisor for its whole life. Workers come and go
 * with copies of the handles; while none of them accepts, callers wait in the kernel.
 */

import { SidecarError } from '../errors.ts'
import type { ListenAddress } from '../settings/settings.ts'
import { bindHandle, type TcpHandle } from '../wire/raw-handle.ts'
import type { BoundAddress } from './messages.ts'

interface Bound extends BoundAddress {
  readonly handle: TcpHandle
}

export class Listeners {
  readonly #bound = new Map<string, Bound>()

  /** Binds what is not bound yet; throws OPERATOR_PORT_IN_USE and its like, leaving everything as it was. */
  claim(addresses: readonly ListenAddress[]): readonly TcpHandle[] {
    const fresh: string[] = []
    try {
      return addresses.map((address, index) => {
        const key = keyOf(address, index)
        const bound = this.#bound.get(key) ?? bindAddress(address)
        if (!this.#bound.has(key)) fresh.push(key)
        this.#bound.set(key, bound)
        return bound.handle
      })
    } catch (error) {
      for (const key of fresh) this.#close(key)
      throw error
    }
  }

  /** Closes what the running generation does not listen on any more. */
  keepOnly(addresses: readonly ListenAddress[]): void {
    const kept = new Set(addresses.map(keyOf))
    for (const key of [...this.#bound.keys()]) if (!kept.has(key)) this.#close(key)
  }

  get addresses(): readonly BoundAddress[] {
    return [...this.#bound.values()].map(({ host, port }) => ({ host, port }))
  }

  #close(key: string): void {
    this.#bound.get(key)?.handle.close()
    this.#bound.delete(key)
  }
}

/** Binds one address; throws with the address in the message. */
function bindAddress({ host, port }: ListenAddress): Bound {
  try {
    return { host, ...bindHandle({ host, port }) }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    if (code === 'EADDRINUSE') {
      throw new SidecarError('OPERATOR_PORT_IN_USE', `cannot listen on ${address}: the port is in use`, {
        details: { address },
        cause,
      })
    }
    throw new SidecarError('OPERATOR_ADDRESS_UNUSABLE', `cannot listen on ${address}: ${code}`, {
      details: { address },
      cause,
    })
  }
}

/** Port 0 means "any free one", so two entries with it are two sockets; otherwise an address is one socket. */
function keyOf({ host, port }: ListenAddress, index: number): string {
  return port === 0 ? `${host}:0#${index}` : `${host}:${port}`
}
