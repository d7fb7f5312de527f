/**
 * The restart run: a steady load of requests and tunnels through a real instance while its policy is changed over
 * and over by the command an operator would use. Every process of it (instance, backend, load) is its own.
 */
import fs from 'node:fs'
import type { BackendOrder, BackendPorts } from '../load/backend.ts'
import { nowMs } from '../load/clock.ts'
import type { FromGenerator, GeneratorFigures, GeneratorOrder } from '../load/generator.ts'
import { readRequestLog } from '../load/request-log.ts'
import { ask, startPart } from '../load/start-part.ts'
import { BACKEND_NAME, makeCertificates } from '../rig/certificates.ts'
import type { Child } from '../rig/child.ts'
import { endedChildrenSeconds, totalSeconds } from '../rig/processes.ts'
import { temporaryFolder } from '../rig/rig.ts'
import { needTools } from '../rig/tools.ts'
import { startVedette, type Vedette } from '../rig/vedette.ts'
import { joinVersions, readAccessLog } from './access-log.ts'
import { changePolicies } from './change-policies.ts'
import { type Judgement, judge } from './judge.ts'

export interface RestartOptions {
  readonly changes: number
  /** How long the changes go on. */
  readonly seconds: number
  /** Load without changes before them, for comparison. */
  readonly beforeSeconds: number
  readonly tunnels: number
  readonly tunnelIntervalMs: number
  readonly shortTunnelsPerSecond: number
  readonly rate: number
  readonly connections: number
  readonly freshPerSecond: number
  readonly workers: number
  /** Leave the files of the run where they are, and say where. */
  readonly keep: boolean
}

export interface RestartReport {
  readonly judgement: Judgement
  readonly generator: GeneratorFigures
  /** Processor seconds used per second while the policy was being changed, by part of the run. */
  readonly processors: Readonly<Record<string, number>>
  /** What the instance said when it was told to end, 0 unless the drain deadline cut somebody. */
  readonly exit: number | string
}

const SETTLE_MS = 1_000
const LIMIT_MS = 60_000

/** Runs it once, and leaves nothing behind. */
export async function runRestart(options: RestartOptions): Promise<RestartReport> {
  await needTools(['openssl'])
  const folder = temporaryFolder()
  const children: Child[] = []
  try {
    return await runIn(folder, children, options)
  } finally {
    await Promise.all(children.toReversed().map((child) => child.stop()))
    if (options.keep) process.stderr.write(`files kept in ${folder}\n`)
    else fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function runIn(folder: string, children: Child[], options: RestartOptions): Promise<RestartReport> {
  const certificates = await makeCertificates(`${folder}/certificates`)
  const backend = startPart('backend', folder)
  children.push(backend)
  const order: BackendOrder = { certificate: certificates.certificate, key: certificates.key }
  const ports = await ask<BackendPorts>(backend, order)
  const vedette = await startVedette({
    folder,
    ca: certificates.ca,
    workers: options.workers,
    timeouts: { drain: '5m' },
  })
  children.push(vedette.child)
  const generator = startPart('generator', folder)
  children.push(generator)
  const requestLog = `${folder}/requests.log`
  await ask<FromGenerator>(generator, generatorOrder(options, { vedette, ports, ca: certificates.ca, requestLog }))
  const parts = { instance: vedette.child, generator, backend }
  const { processors, changes, ...window } = await drive({ vedette, parts }, options)
  const { figures } = await ask<FromGenerator & { type: 'figures' }>(generator, 'stop')
  const exit = await vedette.child.stop(LIMIT_MS)
  const requests = joinVersions(readRequestLog(requestLog), await readAccessLog(vedette.logPath))
  return { judgement: judge(requests, changes, window), generator: figures, processors, exit }
}

async function drive(
  { vedette, parts }: { vedette: Vedette; parts: Readonly<Record<string, Child>> },
  options: RestartOptions,
) {
  await pause(SETTLE_MS)
  const beforeMs = nowMs()
  await pause(options.beforeSeconds * 1000)
  const duringMs = nowMs()
  const used = startProcessors(parts)
  const changes = await changePolicies(vedette, { count: options.changes, overMs: options.seconds * 1000 })
  const processors = used()
  await pause(SETTLE_MS)
  return { beforeMs, duringMs, endMs: nowMs(), changes, processors }
}

/** Starts to count processor time by part; `commands` are the processes of `vedette apply`. */
function startProcessors(parts: Readonly<Record<string, Child>>): () => Record<string, number> {
  const read = () => [
    ...Object.entries(parts).map(([name, { pid }]) => [name, totalSeconds(pid)] as const),
    ['commands', endedChildrenSeconds()] as const,
  ]
  const before = new Map(read())
  const startMs = nowMs()
  return () => {
    const wallSeconds = (nowMs() - startMs) / 1000
    return Object.fromEntries(read().map(([name, now]) => [name, (now - (before.get(name) ?? 0)) / wallSeconds]))
  }
}

function generatorOrder(
  options: RestartOptions,
  around: { vedette: Vedette; ports: BackendPorts; ca: string; requestLog: string },
): GeneratorOrder {
  const { rate, connections, freshPerSecond, tunnels, tunnelIntervalMs, shortTunnelsPerSecond } = options
  return {
    proxyPort: around.vedette.port,
    host: BACKEND_NAME,
    httpPort: around.ports.http,
    echoPort: around.ports.echo,
    ca: around.ca,
    requestLog: around.requestLog,
    ...{ rate, connections, freshPerSecond, tunnels, tunnelIntervalMs, shortTunnelsPerSecond },
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
