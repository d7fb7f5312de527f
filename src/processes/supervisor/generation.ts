/**
 * The workers that run one snapshot, from their start to the end of the last one. Once a generation has been ready
 * it keeps itself at full strength: a worker that dies is replaced, until the generation retires.
 */
import { SidecarError } from '../../errors.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import type { GenerationOverview } from '../messages.ts'
import { BackOff } from './back-off.ts'
import type { WorkerProcess } from './worker-process.ts'

export interface GenerationOptions {
  /** Starts a worker and tells it to begin. */
  readonly launch: (generation: Generation) => WorkerProcess
  /** Told when the next start of a worker has to wait, because they keep dying. */
  readonly delayed: (generation: Generation, waitMs: number) => void
}

export class Generation {
  readonly snapshot: Snapshot
  state: GenerationOverview['state'] = 'preparing'
  readonly workers = new Set<WorkerProcess>()
  readonly #launch: (generation: Generation) => WorkerProcess
  readonly #delayed: (generation: Generation, waitMs: number) => void
  readonly #backOff = new BackOff(LONGEST_WAIT_MS)
  /** Set when the generation has been ready once: from then on the dead are replaced. */
  #selfHealing = false
  #restarts = new Set<NodeJS.Timeout>()
  #drainTimer: NodeJS.Timeout | undefined
  /** How many callers the drain deadline cut in workers that are gone by now. */
  cutCallers = 0
  #gone = Promise.withResolvers<void>()

  constructor(snapshot: Snapshot, { launch, delayed }: GenerationOptions) {
    this.snapshot = snapshot
    this.#launch = launch
    this.#delayed = delayed
  }

  get number(): number {
    return this.snapshot.generation
  }

  get crashLoop(): boolean {
    return this.#backOff.looping(performance.now())
  }

  get overview(): GenerationOverview {
    const workers = [...this.workers].map((worker) => worker.overview)
    return { number: this.number, version: this.snapshot.version, state: this.state, workers }
  }

  /** Starts all workers; throws the first reason why one of them does not become ready in time, and kills the rest. */
  async start(): Promise<void> {
    for (let n = 0; n < this.snapshot.settings.workers; n += 1) this.#launchOne()
    try {
      await within(READY_DEADLINE_MS, Promise.all([...this.workers].map((worker) => worker.ready)))
      this.#selfHealing = true
    } catch (error) {
      this.kill()
      throw error
    }
  }

  /** Lets all workers accept; throws when none can. One that dies at this moment is replaced like any other. */
  async accept(): Promise<void> {
    this.state = 'live'
    const asked = await Promise.allSettled([...this.workers].map((worker) => worker.accept()))
    const failed = asked.filter((one) => one.status === 'rejected')
    if (failed.length === asked.length) throw failed[0]?.reason ?? noWorkers(this.number)
  }

  /** Takes no more requests; resolves when that is so. What is under way may go on until the drain deadline. */
  async retire({ handOver }: { handOver: boolean }): Promise<void> {
    this.state = 'draining'
    this.#stopHealing()
    this.#drainTimer ??= setTimeout(() => this.cut(), this.snapshot.settings.timeouts.drainMs)
    if (this.workers.size === 0) this.#ended()
    await Promise.all([...this.workers].map((worker) => worker.retire({ handOver })))
  }

  /** Resolves when the last worker is gone and none will follow. */
  get gone(): Promise<void> {
    return this.#gone.promise
  }

  /** Ends what a newer snapshot would refuse. */
  reweigh(snapshot: Snapshot): void {
    for (const worker of this.workers) worker.reweigh(snapshot)
  }

  cut(): void {
    for (const worker of this.workers) worker.cut()
  }

  kill(): void {
    this.#stopHealing()
    clearTimeout(this.#drainTimer)
    for (const worker of this.workers) {
      worker.dismissed = true
      worker.kill()
    }
  }

  /** To be told of each worker that ended. */
  lost(worker: WorkerProcess): void {
    this.workers.delete(worker)
    this.cutCallers += worker.cutCallers
    if (this.#selfHealing) this.#replace(worker)
    else if (this.workers.size === 0) this.#ended()
  }

  #ended(): void {
    clearTimeout(this.#drainTimer)
    this.#gone.resolve()
  }

  #replace(dead: WorkerProcess): void {
    const nowMs = performance.now()
    const wait = this.#backOff.died({ nowMs, livedMs: nowMs - dead.startedMs })
    if (wait > 0) this.#delayed(this, wait)
    const restart = setTimeout(() => {
      this.#restarts.delete(restart)
      void this.#launchReplacement()
    }, wait)
    this.#restarts.add(restart)
  }

  async #launchReplacement(): Promise<void> {
    const worker = this.#launchOne()
    try {
      await within(READY_DEADLINE_MS, worker.ready)
      if (this.state === 'live') await worker.accept()
    } catch {
      // Its death is what counts it, and starts the next one.
      worker.kill()
    }
  }

  #launchOne(): WorkerProcess {
    const worker = this.#launch(this)
    this.workers.add(worker)
    return worker
  }

  #stopHealing(): void {
    this.#selfHealing = false
    for (const restart of this.#restarts) clearTimeout(restart)
    this.#restarts.clear()
  }
}

function noWorkers(generation: number): SidecarError {
  return new SidecarError('OPERATOR_GENERATION_FAILED', `no worker of generation ${generation} is left`)
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new SidecarError('OPERATOR_GENERATION_FAILED', `the workers were not ready within ${ms} ms`)),
    ms,
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

const READY_DEADLINE_MS = 10_000
const LONGEST_WAIT_MS = 5000
