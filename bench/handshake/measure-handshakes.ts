/**
 * What judging costs beside the handshake itself. One process dials the same backend in three ways, in turn: without any
 * look at the certificate (OpenSSL's own verification included), as the product does with a backend it has judged
 * before under this version, and as it does at first sight. Processor time of this process alone is counted; the ratios
 * are taken round by round, because a machine that gets slower gets slower for all three.
 */
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildContexts } from '../../src/backend/dial/contexts.ts'
import { dangerouslyConnect } from '../../src/backend/dial/dangerously-connect.ts'
import type { DialTools } from '../../src/backend/dial/dial-tools.ts'
import { HybridTolerance } from '../../src/backend/dial/hybrid-tolerance.ts'
import { AddressBook } from '../../src/backend/dial/resolve-address.ts'
import { Sessions } from '../../src/backend/dial/sessions.ts'
import { wantsStaple } from '../../src/backend/judge/find-revocation.ts'
import { KnownChains } from '../../src/backend/judge/known-chains.ts'
import { verify } from '../../src/backend/verify.ts'
import { type MadeCertificate, makeCertificate } from '../../src/certificate/make-certificate.ts'
import type { AllowedDecision } from '../../src/policy/allowed-or-throw.ts'
import { decide } from '../../src/policy/decide.ts'
import { parseAuthority } from '../../src/policy/parse-destination.ts'
import type { Grade } from '../../src/policy/policy.ts'
import { readList } from '../../src/revocation/read-list.ts'
import { type ListFact, RevocationBook } from '../../src/revocation/revocation-book.ts'
import { Deadlines } from '../../src/wire/deadlines.ts'
import { makeCrl } from '../../test/kit/make-crl.ts'
import { makeOcspAnswer } from '../../test/kit/make-ocsp-answer.ts'
import { makeSnapshot } from '../../test/kit/make-snapshot.ts'
import { trustSetOf } from '../../test/kit/make-trust.ts'
import { type Child, startChild } from '../rig/child.ts'
import { temporaryFolder } from '../rig/rig.ts'

const NAME = 'backend.test'

/** Microseconds of processor time for one handshake, one entry for each round. */
export type Costs = Readonly<Record<'unchecked' | 'checked' | 'firstSight', readonly number[]>>

export interface HandshakeOptions {
  readonly rounds: number
  /** Handshakes of each kind in a round. */
  readonly each: number
  readonly grade: Grade
  /** With soft a staple is checked and lists are looked into, and everything is known, as in an instance that has run for a while. */
  readonly revocation: 'off' | 'soft'
}

/** Measures, and ends the backend it started. */
export async function measureHandshakes({ rounds, each, grade, revocation: mode }: HandshakeOptions): Promise<Costs> {
  const folder = temporaryFolder()
  const deadlines = new Deadlines()
  let backend: Child | undefined
  try {
    const { anchor, lists, port, child } = await startBackend(folder)
    backend = child
    const unlisted = { grade, revocation: { mode, sources: ['stapled', 'crl'] } } as const
    const snapshot = makeSnapshot({ trust: [trustSetOf('bench', [anchor])], unlisted })
    const revocation = new RevocationBook(async () => {})
    revocation.learn({ facts: lists, gone: [] })
    const tools: DialTools = {
      snapshot,
      deadlines,
      counters: undefined,
      witness: undefined,
      revocation,
      now: Date.now,
      contexts: buildContexts(snapshot),
      addresses: new AddressBook(snapshot, { resolve: async () => ['127.0.0.1'], counters: undefined }),
      sessions: new Sessions(),
      tolerance: new HybridTolerance(Date.now),
      chains: new KnownChains(),
    }
    const decision = decide(snapshot.policy, parseAuthority(`${NAME}:${port}`)) as AllowedDecision
    const ways = {
      unchecked: () => dialUnchecked(tools, decision),
      checked: () => dialChecked(tools, decision),
      firstSight: () => dialChecked({ ...tools, chains: new KnownChains() }, decision),
    }
    const costs = { unchecked: [] as number[], checked: [] as number[], firstSight: [] as number[] }
    for (let round = -1; round < rounds; round += 1) {
      for (const [way, dial] of Object.entries(ways) as [keyof Costs, () => Promise<void>][]) {
        const cost = await costOf(dial, each)
        // The first round only compiles.
        if (round >= 0) costs[way].push(cost)
      }
    }
    return costs
  } finally {
    deadlines.close()
    await backend?.stop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function costOf(dial: () => Promise<void>, count: number): Promise<number> {
  const before = process.cpuUsage()
  for (let done = 0; done < count; done += 1) await dial()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

async function dialChecked(tools: DialTools, decision: AllowedDecision): Promise<void> {
  const { backend } = await verify(tools, { decision, alpn: [], resume: false })
  if (backend.verdict.outcome !== 'trusted') throw new Error(`${NAME} is ${backend.verdict.outcome}`)
  backend.wire.destroy()
}

async function dialUnchecked(tools: DialTools, { rule, destination }: AllowedDecision): Promise<void> {
  const { wire } = await dangerouslyConnect({
    destination,
    addresses: await tools.addresses.find(destination),
    timeouts: tools.snapshot.settings.timeouts,
    deadlines: tools.deadlines,
    greeting: 'ignored',
    tls: {
      secureContext: tools.contexts.of(rule).secure,
      serverName: NAME,
      alpn: [],
      session: undefined,
      onSession: undefined,
      wantsStaple: wantsStaple(rule),
    },
  })
  wire.destroy()
}

/** A chain as public authorities make them: root, one intermediate, a leaf on P-256. */
async function startBackend(folder: string) {
  const anchor = await makeCertificate({ subject: 'Bench Root', ca: true, keyBits: 384, signatureHash: 'sha384' })
  const middle = await makeCertificate({ subject: 'Bench Middle', ca: true, issuer: anchor, signatureHash: 'sha384' })
  const leaf = await makeCertificate({ subject: NAME, issuer: middle, sans: { dns: [NAME, `*.${NAME}`] } })
  fs.writeFileSync(path.join(folder, 'tls.crt'), leaf.certificate + middle.certificate)
  fs.writeFileSync(path.join(folder, 'tls.key'), leaf.key, { mode: 0o600 })
  fs.writeFileSync(path.join(folder, 'staple.der'), makeOcspAnswer({ about: leaf, issuer: middle }))
  const program = fileURLToPath(new URL('backend.ts', import.meta.url))
  const child = startChild({
    name: 'backend',
    command: process.execPath,
    args: [program, folder],
    folder,
    messages: true,
  })
  const [port] = (await once(child.process, 'message')) as [number]
  return { anchor, lists: [listOf(anchor), listOf(middle)], port, child }
}

/** A list of one authority that names a thousand certificates, and none of this chain. */
function listOf(issuer: MadeCertificate): ListFact {
  const serials = Array.from({ length: 1000 }, (_, index) =>
    Buffer.from((index + 65_536).toString(16).padStart(32, '7'), 'hex'),
  )
  const reading = readList(makeCrl({ issuer, serials }), [issuer.der])
  if (!('list' in reading)) throw new Error(`the list cannot be read: ${JSON.stringify(reading)}`)
  const { list } = reading
  const { issuer: key } = list
  return { kind: 'list', key, source: `${key}.crl`, isFile: true, issuer: key, list, fault: undefined }
}
