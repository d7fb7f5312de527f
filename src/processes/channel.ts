/**
 * The IPC channel between two of our processes, as both sides use it: a send that never throws and tells whether
 * the message went out, with or without a raw handle. Node sends one handle at a time and keeps the order of
 * everything on a channel; the hand-over relies on that order.
 */
import type { SendHandle } from 'node:child_process'
import type { TcpHandle } from '../wire/raw-handle.ts'

/** What `process` and a forked child have in common. */
export interface ChannelEnd {
  readonly connected: boolean
  send?(
    message: object,
    handle: SendHandle | undefined,
    options: undefined,
    sent: (error: Error | null) => void,
  ): boolean
}

/**
 * Sends a message; resolves to true once the kernel has it and its handle, and to false when the channel is closed.
 * The promise stays open for ever when the peer dies while the message still waits in line behind another handle:
 * whoever sends a handle that must not be lost keeps it until then (see hand-over.ts).
 */
export function sendOver(end: ChannelEnd, message: object, handle?: TcpHandle): Promise<boolean> {
  return new Promise((resolve) => {
    if (!end.connected || end.send === undefined) return resolve(false)
    // Raw handles are not in Node's types; that it can carry them is held by test/wire/raw-handle.test.ts.
    end.send(message, handle as unknown as SendHandle | undefined, undefined, (error) => resolve(error === null))
  })
}
