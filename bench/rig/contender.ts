import { type Child, untilReady } from './child.ts'
import { isListening } from './ports.ts'
import { commandLine, memoryOf, processorTime, processTree } from './processes.ts'

/** One proxy under test: ours or a peer, started, and reachable on loopback. */
export interface Contender {
  readonly name: string
  /** Where its callers connect. */
  readonly port: number
  /** A second way in that leads to the impostor; a contender that verifies must fail there. */
  readonly impostorPort: number
  /** What stands in the request line for a path of the backend: absolute-form where the contender is a proxy. */
  requestTarget(path: string): string
  impostorTarget(path: string): string
  readonly child: Child
  /** Tells whether a process of the contender carries traffic (the others supervise, log or administer). */
  isWorker(pid: number): boolean
}

/** What a contender has used since the last look. */
export interface Usage {
  readonly seconds: number
  readonly userSeconds: number
  readonly workerSeconds: number
}

/** Starts a clock on a contender's processes; call the result to read it. */
export function startUsage(contender: Contender): () => Usage {
  const before = new Map(processTree(contender.child.pid).map((pid) => [pid, processorTime(pid)]))
  return () => {
    const usage = { seconds: 0, userSeconds: 0, workerSeconds: 0 }
    for (const pid of processTree(contender.child.pid)) {
      const now = processorTime(pid)
      if (now === undefined) continue
      const then = before.get(pid) ?? { user: 0, system: 0 }
      const user = now.user - then.user
      const seconds = user + now.system - then.system
      usage.seconds += seconds
      usage.userSeconds += user
      if (contender.isWorker(pid)) usage.workerSeconds += seconds
    }
    return usage
  }
}

/** Resident memory of all processes of a contender together. */
export function residentBytes(contender: Contender): number {
  return processTree(contender.child.pid).reduce((sum, pid) => sum + memoryOf(pid).rssBytes, 0)
}

/** A worker is a process whose command line holds `text`. */
export function workerByCommandLine(text: string): (pid: number) => boolean {
  return (pid) => commandLine(pid).includes(text)
}

/** Waits until a contender that opens its port last accepts callers. */
export async function untilListening(child: Child, port: number): Promise<void> {
  await untilReady(child, () => isListening(port), { withinMs: 10_000 })
}
