/** Wires for tests of what stands on them: real sockets on loopback, and a reader that remembers. */
import { once } from 'node:events'
import net from 'node:net'
import type { TestContext } from 'node:test'
import { acceptOn, bindHandle, type TcpHandle } from '../../src/wire/raw-handle.ts'
import { Wire, type WireReader } from '../../src/wire/wire.ts'

/** Remembers all that a wire told, and lets a test wait for it. */
export class RecordingReader implements WireReader {
  text = ''
  byteCount = 0
  hasEnded = false
  isClosed = false
  error: Error | undefined
  drains = 0
  keepText = true
  #changed: () => void = () => {}

  bytes(chunk: Buffer): void {
    if (this.keepText) this.text += chunk.toString('latin1')
    this.byteCount += chunk.length
    this.#changed()
  }
  ended(): void {
    this.hasEnded = true
    this.#changed()
  }
  drained(): void {
    this.drains += 1
    this.#changed()
  }
  closed(error: Error | undefined): void {
    this.isClosed = true
    this.error = error
    this.#changed()
  }

  /** Resolves once the condition holds; it is looked at after each event. */
  async until(condition: (reader: this) => boolean): Promise<void> {
    while (!condition(this)) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }
}

export interface WirePair {
  readonly wire: Wire
  readonly reader: RecordingReader
  /** The other end, an ordinary socket that half-closes only when told to. */
  readonly peer: net.Socket
}

/** A wire over an accepted socket and its peer, both gone when the test is over. */
export async function wirePair(t: TestContext): Promise<WirePair> {
  const { handle, port } = bindHandle({ host: '127.0.0.1', port: 0 })
  const reader = new RecordingReader()
  const accepted = new Promise<TcpHandle>((resolve) => acceptOn(handle, resolve))
  const peer = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  peer.on('error', () => {})
  await once(peer, 'connect')
  const wire = Wire.overHandle(await accepted, reader)
  handle.close()
  t.after(() => {
    wire.destroy()
    peer.destroy()
  })
  return { wire, reader, peer }
}

/** Collects what a socket receives until its other side ends; the socket may still write after that. */
export async function readToEnd(socket: net.Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  await once(socket, 'end')
  return text
}

/** Resolves when the socket is closed, with or without an error. */
export function closedSocket(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

/** Lets the event loop turn until a figure has stood still for a good while. */
export async function stoodStill(figure: () => number): Promise<number> {
  let last = figure()
  for (let turns = 0; turns < 500; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    if (figure() !== last) turns = 0
    last = figure()
  }
  return last
}

/** Lets what stands in loopback sockets already be read by everybody. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
