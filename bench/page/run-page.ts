/**
 * The page run: a steady thousand connections a second through a real instance, and in turn nobody watches, the stream is
 * read, a browser shows the connections, and it is used. Every process of it is its own; the load never stops in between.
 */
import fs from 'node:fs'
import { AdminClient, adminPassword } from '../../test/kit/admin-client.ts'
import { closeBrowser, startBrowser } from '../../test/kit/browser.ts'
import type { BackendPorts } from '../load/backend.ts'
import { nowMs } from '../load/clock.ts'
import type { FromGenerator, GeneratorOrder } from '../load/generator.ts'
import { readRequestLog } from '../load/request-log.ts'
import { ask, startPart } from '../load/start-part.ts'
import { BACKEND_NAME, makeCertificates } from '../rig/certificates.ts'
import type { Child } from '../rig/child.ts'
import { processTree, totalSeconds } from '../rig/processes.ts'
import { keepTo, ownProcessors } from '../rig/processors.ts'
import { temporaryFolder } from '../rig/rig.ts'
import { needTools } from '../rig/tools.ts'
import { startVedette, type Vedette } from '../rig/vedette.ts'
import { readStream } from './read-stream.ts'
import { openConnections, timeToInteractive, type Usability, usePage } from './use-page.ts'
import { type Felt, feltBy, type Watching, type Window } from './windows.ts'

export interface PageOptions {
  readonly rounds: number
  /** Of each window. */
  readonly seconds: number
  /** Of load before the first window: code that is still cold has a p99 of its own. */
  readonly warmUpSeconds: number
  /** Before each window: what it takes to open and to close is no part of what it takes to watch. */
  readonly settleSeconds: number
  readonly connectionsPerSecond: number
  /** Who watches in each round, in this order. */
  readonly watchings: readonly Watching[]
  /** How many read the stream at once. */
  readonly readers: number
  readonly workers: number
  /** The last processor is the browser's and its driver's in all windows alike, as if they were on a machine of their own. */
  readonly browserApart: boolean
}

export interface PageReport {
  readonly felt: Readonly<Record<Watching, readonly Felt[]>>
  readonly usability: readonly Usability[]
  /** How long the page took until it could be worked, each time, before there was any load. */
  readonly interactiveMs: readonly number[]
  /** Connections that one reader of the stream was shown. */
  readonly shown: number
  readonly failures: readonly string[]
}

/** Runs it once, and leaves nothing behind. */
export async function runPage(options: PageOptions): Promise<PageReport> {
  if (options.browserApart && ownProcessors().length < 2) {
    throw new Error("one processor cannot be the browser's alone: run it with --browser beside")
  }
  await needTools(['openssl'])
  const folder = temporaryFolder()
  const children: Child[] = []
  try {
    return await runIn(folder, children, options)
  } finally {
    await Promise.all([closeBrowser(), ...children.toReversed().map((child) => child.stop())])
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function runIn(folder: string, children: Child[], options: PageOptions): Promise<PageReport> {
  const { ca, ...backendOrder } = await makeCertificates(`${folder}/certificates`)
  const processors = ownProcessors()
  const apart = (whose: readonly number[], pid: number) => options.browserApart && keepTo(whose, pid)
  const started = (child: Child): Child => {
    children.push(child)
    for (const pid of processTree(child.pid)) apart(processors.slice(0, -1), pid)
    return child
  }
  const backend = started(startPart('backend', folder))
  const ports = await ask<BackendPorts>(backend, backendOrder)
  const vedette = await startVedette({ folder, ca, workers: options.workers })
  started(vedette.child)
  apart(processors.slice(-1), process.pid)
  const usesBrowser = options.watchings.some((watching) => watching === 'browser' || watching === 'use')
  if (usesBrowser) await startBrowser()
  const admin = await signIn(vedette)
  const interactiveMs: number[] = []
  for (let n = 0; n < OPENINGS && usesBrowser; n += 1) interactiveMs.push(await timeToInteractive(admin))
  const generator = started(startPart('generator', folder))
  const requestLog = `${folder}/requests.log`
  const none = { rate: 0, connections: 0, tunnels: 0, tunnelIntervalMs: 1000, shortTunnelsPerSecond: 0 }
  const order: GeneratorOrder = {
    ...{
      proxyPort: vedette.port,
      host: BACKEND_NAME,
      httpPort: ports.http,
      echoPort: ports.echo,
      ca,
      requestLog,
      ...none,
    },
    freshPerSecond: options.connectionsPerSecond,
  }
  await ask<FromGenerator>(generator, order)
  const seen = await watchInTurn({ vedette, admin }, options)
  await ask<FromGenerator>(generator, 'stop')
  const entries = readRequestLog(requestLog)
  const failures = entries.map(({ failure }) => failure).filter((failure) => failure !== '')
  return { felt: feltBy(entries, seen.windows), usability: seen.usability, interactiveMs, shown: seen.shown, failures }
}

async function watchInTurn(
  { vedette, admin }: { vedette: Vedette; admin: AdminClient },
  { rounds, seconds, warmUpSeconds, settleSeconds, watchings, readers }: PageOptions,
): Promise<{ windows: Window[]; usability: Usability[]; shown: number }> {
  const windows: Window[] = []
  const usability: Usability[] = []
  let shown = 0
  const during = async (watching: Watching, work: () => Promise<unknown>): Promise<void> => {
    await pause(settleSeconds * 1000)
    const [fromMs, before] = [nowMs(), totalSeconds(vedette.child.pid)]
    await work()
    const toMs = nowMs()
    const processors = ((totalSeconds(vedette.child.pid) - before) / (toMs - fromMs)) * 1000
    windows.push({ watching, fromMs, toMs, processors })
  }
  await pause(warmUpSeconds * 1000)
  for (let round = 0; round < rounds; round += 1) {
    for (const watching of watchings) {
      if (watching === 'nobody') await during(watching, () => pause(seconds * 1000))
      if (watching === 'stream') {
        const stop = await readStream(vedette.adminUrl, admin.cookie, readers)
        await during(watching, () => pause(seconds * 1000))
        shown += await stop()
      }
      if (watching === 'browser' || watching === 'use') {
        const { page, close } = await openConnections(admin)
        if (watching === 'browser') await during(watching, () => pause(seconds * 1000))
        else await during(watching, async () => usability.push(await usePage(page, seconds * 1000)))
        await close()
      }
    }
  }
  return { windows, usability, shown }
}

async function signIn(vedette: Vedette): Promise<AdminClient> {
  const token = /\/setup#token=(\S+)/.exec(fs.readFileSync(vedette.logPath, 'utf8'))?.[1]
  const admin = new AdminClient(vedette.adminUrl)
  await admin.ask('setUp', { body: { token, name: 'admin', password: adminPassword } })
  return admin
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

const OPENINGS = 5
