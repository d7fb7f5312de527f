/**
 * Mutated handshakes: no crash, no hang, and no silent pass. The last is held against OpenSSL: where a real server would
 * go on with a hello that we took, it must have read the same name in it.
 */
import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import tls from 'node:tls'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { PassingHandshake } from '../../src/handshake/passing-handshake.ts'
import { HandshakeSyntaxError } from '../../src/handshake/syntax-error.ts'
import { type RecordedHandshake, recordHandshake } from '../kit/record-handshake.ts'
import { mutate, randomFrom } from './mutate.ts'

const TURNS_MAX = 12

export interface FuzzResult {
  /** Mutations that were taken to the end. */
  readonly taken: number
  readonly refused: number
  /** Hellos that OpenSSL went on with as well: each had the same name for both. */
  readonly agreed: number
}

/** Mutates the handshakes of both directions; throws at the first thing that must not be. */
export async function fuzzHandshakes({ runs, seed }: { readonly runs: number; readonly seed: number }) {
  const random = randomFrom(seed)
  const samples = await Promise.all([
    recordHandshake({}),
    recordHandshake({ client: { maxVersion: 'TLSv1.2' } }),
    recordHandshake({ client: { ecdhCurve: 'X25519:P-384' }, server: { ecdhCurve: 'P-384' } }),
  ])
  let taken = 0
  let agreed = 0
  for (let run = 0; run < runs; run++) {
    const sample = samples[run % samples.length] as RecordedHandshake
    const isServer = run % 2 === 1
    const passing = isServer ? throughServer(sample, random) : await throughClient(sample, random, run)
    if (passing === undefined) continue
    taken += 1
    if (passing === 'agreed') agreed += 1
  }
  return { taken, refused: runs - taken, agreed } satisfies FuzzResult
}

function throughServer(sample: RecordedHandshake, random: () => number): 'taken' | undefined {
  const passing = new PassingHandshake()
  passing.fromClient(firstHello(sample))
  return play(() => passing.fromServer(mutate(sample.fromServer, random))) ? 'taken' : undefined
}

async function throughClient(sample: RecordedHandshake, random: () => number, run: number) {
  const hello = mutate(firstHello(sample), random)
  const passing = new PassingHandshake()
  const isTaken = play(() => passing.fromClient(hello)) && passing.client !== undefined
  if (!isTaken) return undefined
  const heard = await askOpenssl(hello)
  if (heard === undefined) return 'taken'
  assert.equal(heard.toLowerCase(), passing.client?.serverName ?? '', `run ${run}: OpenSSL reads another name`)
  return 'agreed'
}

/** Tells whether the bytes were taken; anything but a refusal by name is an error of ours. */
function play(work: () => void): boolean {
  try {
    work()
    return true
  } catch (thrown) {
    if (thrown instanceof HandshakeSyntaxError) return false
    throw thrown
  }
}

function firstHello({ turns }: RecordedHandshake): Buffer {
  return turns[0]?.bytes ?? assert.fail('nothing passed')
}

/** The name OpenSSL reads in a hello that it goes on with, '' for none; undefined when it refuses the hello. */
async function askOpenssl(hello: Buffer): Promise<string | undefined> {
  const settled = Promise.withResolvers<string | undefined>()
  const wire = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      done()
      // A record of type handshake is its answer; an alert is its refusal.
      settled.resolve(chunk[0] === 22 ? asked : undefined)
    },
  })
  let asked = ''
  const server = new tls.TLSSocket(wire, {
    isServer: true,
    secureContext: context,
    SNICallback: (name, done) => {
      asked = name
      done(null)
    },
  })
  server.on('error', () => settled.resolve(undefined))
  wire.push(hello)
  // A hello that OpenSSL waits to see more of gets no answer at all: a handshake in memory needs no clock to tell.
  for (let turn = 0; turn < TURNS_MAX; turn++) await setImmediate()
  settled.resolve(undefined)
  const heard = await settled.promise
  server.destroy()
  wire.destroy()
  return heard
}

const { certificate, key } = await makeCertificate({ subject: 'a.test' })
const context = tls.createSecureContext({ cert: certificate, key, minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' })

if (import.meta.main) {
  const runs = Number(process.argv[2] ?? 100_000)
  const seed = Number(process.argv[3] ?? Date.now() % 1_000_000)
  console.log(`seed ${seed}: ${JSON.stringify(await fuzzHandshakes({ runs, seed }))}`)
}
