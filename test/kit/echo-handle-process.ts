/** A process that is sent one raw handle, answers the first bytes that wait on it, and closes it. */
import { socketOf, type TcpHandle } from '../../src/wire/raw-handle.ts'

// The types of Node know only handles that it wraps itself.
type HandleListener = (message: unknown, handle: unknown) => void
const listener: HandleListener = (_message, handle) => {
  const socket = socketOf(handle as TcpHandle, {
    buffer: Buffer.alloc(1024),
    callback: (count, buffer) => {
      socket.end(`from the other process: ${(buffer as Buffer).toString('latin1', 0, count)}`)
      return true
    },
  })
}
process.on('message', listener)
