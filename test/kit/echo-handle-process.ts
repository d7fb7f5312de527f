/** A process that is sent one raw handle, answers the first bytes that wait on it, and closes it. */
import { socketOf, type TcpHandle } from '../../src/wire/raw-handle.ts'

process.on('message', (_message, handle) => {
  const socket = socketOf(handle as unknown as TcpHandle, {
    buffer: Buffer.alloc(1024),
    callback: (count, buffer) => {
      socket.end(`from the other process: ${buffer.toString('latin1', 0, count)}`)
      return true
    },
  })
})
