/**
 * Mutated hellos against an entrance that accepts TLS: no crash, no hang, nobody let in by luck. Every caller must be
 * settled, and after all of them a sound one is still let in and known.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import type { SecureCaller } from '../../src/incoming/incoming-tls.ts'
import { recordHandshake } from '../kit/record-handshake.ts'
import { startIncoming } from '../kit/start-incoming.ts'
import { mutate, randomFrom } from './mutate.ts'

const AT_A_TIME = 32

export interface EntranceFuzzResult {
  /** Hellos that OpenSSL went on with. */
  readonly answered: number
  readonly refused: number
}

/** Throws at the first thing that must not be. */
export async function fuzzEntrance({ runs, seed }: { readonly runs: number; readonly seed: number }) {
  const random = randomFrom(seed)
  const samples = await Promise.all([
    recordHandshake({}),
    recordHandshake({ client: { maxVersion: 'TLSv1.2' } }),
    recordHandshake({ client: { ecdhCurve: 'X25519:P-384', requestOCSP: true } }),
  ])
  const hellos = samples.map(({ turns }) => turns[0]?.bytes ?? assert.fail('nothing passed'))
  let settled = 0
  let last: SecureCaller | Error | undefined
  const incoming = await startIncoming((outcome) => {
    settled += 1
    last = outcome
  })
  let answered = 0
  let begun = 0
  const caller = async (): Promise<void> => {
    while (begun < runs) {
      const sample = hellos[begun % hellos.length] as Buffer
      begun += 1
      if (await sends(mutate(sample, random), incoming.port)) answered += 1
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, caller))
  while (settled < runs) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(last instanceof Error, 'a mutated hello alone was let in')
  const sound = tls.connect({ port: incoming.port, host: '127.0.0.1', rejectUnauthorized: false, ...incoming.caller })
  await once(sound, 'secureConnect')
  while (settled === runs) await new Promise((resolve) => setImmediate(resolve))
  assert.equal((last as Partial<SecureCaller>).identity?.names[0], 'dns:caller.localhost')
  sound.destroy()
  incoming.close()
  return { answered, refused: runs - answered } satisfies EntranceFuzzResult
}

/** Sends and ends; tells whether the answer was a handshake and no alert. */
async function sends(hello: Buffer, port: number): Promise<boolean> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let first: number | undefined
  socket.on('error', () => {})
  socket.on('data', (bytes: Buffer) => {
    first ??= bytes[0]
  })
  socket.end(hello)
  await new Promise((resolve) => socket.once('close', resolve).once('end', () => socket.destroy()))
  return first === 22
}

if (import.meta.main) {
  const runs = Number(process.argv[2] ?? 100_000)
  const seed = Number(process.argv[3] ?? Date.now() % 1_000_000)
  console.log(`seed ${seed}: ${JSON.stringify(await fuzzEntrance({ runs, seed }))}`)
}
