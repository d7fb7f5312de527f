import type { TcpHandle } from '../../src/wire/raw-handle.ts'

/** Within one process a handle cannot be held twice: the old socket lets go of it before the new one takes it. */
export function duplicate(handle: TcpHandle): TcpHandle {
  const owner = Object.getOwnPropertySymbols(handle).find((symbol) => symbol.description === 'owner_symbol')
  const socket = owner === undefined ? undefined : (handle as unknown as Record<symbol, { _handle: unknown }>)[owner]
  if (socket !== undefined) socket._handle = null
  return handle
}
