import type { Wire } from '../../wire/wire.ts'

/** COM_QUIT, a packet of one byte; behind the header of a compressed one it stands as it is, because it is so short. */
const QUIT = Buffer.from('0100000001', 'hex')

/**
 * Watches what a caller says in its tunnel; tells whether the last of it was its goodbye. Servers answer that by closing at
 * once and without TLS's close_notify, which would look like a connection that broke.
 */
export function watchGoodbye(caller: Wire): () => boolean {
  const { reader } = caller
  let isGoodbye = false
  caller.reader = {
    bytes: (chunk) => {
      isGoodbye = chunk.length >= QUIT.length && chunk.subarray(-QUIT.length).equals(QUIT)
      reader.bytes(chunk)
    },
    ended: () => reader.ended(),
    drained: () => reader.drained(),
    closed: (error) => reader.closed(error),
  }
  return () => isGoodbye
}
