/**
 * Server-sent events: everybody who watches hears the same. Nobody may watch so slowly that what they have not read piles
 * up here; who does is cut off, and their browser comes back by itself.
 */
import type { ServerResponse } from 'node:http'
import { SidecarError } from '../errors.ts'
import type { StreamEvents } from './contract.ts'
import type { Frozen } from './instance.ts'

interface Watcher {
  readonly response: ServerResponse
  /** Tells whether this one may still watch. */
  readonly mayStay: () => boolean
}

export class Stream {
  readonly #watchers = new Set<Watcher>()
  #beat: NodeJS.Timeout | undefined

  get isWatched(): boolean {
    return this.#watchers.size > 0
  }

  /** Lets somebody watch until they leave, or may no longer. */
  add(response: ServerResponse, mayStay: () => boolean): void {
    // They left before it was their turn, and will not leave again.
    if (response.closed) return
    if (this.#watchers.size >= WATCHERS_MAX) {
      throw new SidecarError('INTERNAL_AT_LIMIT', `${WATCHERS_MAX} watch already, which is as many as may`)
    }
    const watcher = { response, mayStay }
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' })
    response.write('retry: 3000\n\n')
    this.#watchers.add(watcher)
    response.once('close', () => this.#watchers.delete(watcher))
    this.#beat ??= setInterval(() => this.#look(), BEAT_MS).unref()
  }

  /** Tells everybody who watches. */
  send<Name extends keyof StreamEvents>(name: Name, data: Frozen<StreamEvents[Name]>): void {
    if (!this.isWatched) return
    // JSON has no line end of its own, so one data line holds it.
    const text = `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
    for (const watcher of this.#watchers) this.#write(watcher, text)
  }

  close(): void {
    clearInterval(this.#beat)
    for (const { response } of this.#watchers) response.end()
    this.#watchers.clear()
  }

  #look(): void {
    for (const watcher of this.#watchers) {
      const { response } = watcher
      const stays = whetherStays(watcher)
      // Told to leave at the look before, and has not read it; or nobody can say, and they may ask again.
      if (response.writableEnded || stays === undefined) response.destroy()
      else if (stays) this.#write(watcher, ': still here\n\n')
      else response.end('event: signed-out\ndata: {}\n\n')
    }
  }

  #write({ response }: Watcher, text: string): void {
    // To write to somebody who was told to leave would be an error that nobody listens for, and end control.
    if (response.writableEnded) return
    if (response.writableLength > UNREAD_MAX) response.destroy()
    else response.write(text)
  }
}

/** Undefined where it cannot be said, as with a history that cannot be read: no reason to end control. */
function whetherStays({ mayStay }: Watcher): boolean | undefined {
  try {
    return mayStay()
  } catch {
    return undefined
  }
}

const WATCHERS_MAX = 50
const UNREAD_MAX = 1_048_576
/** Also how soon somebody who was signed out hears no more. */
const BEAT_MS = 5000
