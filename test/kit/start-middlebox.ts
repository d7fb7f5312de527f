import net from 'node:net'
import type { TestContext } from 'node:test'
import { type BackendWish, startBackend, startRawBackend, type TestBackend } from './start-backend.ts'

/** What fits one segment of Ethernet, less what tunnels and options take. */
export const SEGMENT = 1300

export interface Middlebox {
  readonly port: number
  readonly backend: TestBackend
  /** How many connections came so far. */
  readonly accepted: number
  /** Whether it breaks what is large; false lets everything through. */
  isBroken: boolean
}

export interface MiddleboxWish {
  readonly does: 'resets' | 'drops'
  readonly wish?: Omit<BackendWish, 'certificate'>
}

/** Starts a backend behind a middlebox that does not let a large hello through: it resets it, or swallows it. */
export async function startMiddlebox(
  t: Pick<TestContext, 'after'>,
  certificate: NonNullable<BackendWish['certificate']>,
  { does, wish = {} }: MiddleboxWish,
): Promise<Middlebox> {
  const backend = await startBackend(t, { certificate, ...wish })
  const raw = await startRawBackend(t, {
    onSocket: (caller) => {
      const onward = net.connect({ host: '127.0.0.1', port: backend.port })
      onward.on('error', () => {})
      caller.on('close', () => onward.destroy())
      onward.on('close', () => caller.destroy())
      onward.on('data', (bytes) => caller.write(bytes))
      caller.on('data', (bytes) => {
        if (!box.isBroken || bytes.length < SEGMENT) onward.write(bytes)
        else if (does === 'resets') caller.resetAndDestroy()
      })
    },
  })
  const box: Middlebox = {
    port: raw.port,
    backend,
    isBroken: true,
    get accepted() {
      return raw.accepted
    },
  }
  return box
}
