/**
 * The demo: the real sidecar as a process of its own, throw-away backends in this one, and visits to each of them
 * through the proxy. What it writes lies in one temporary folder that goes when the demo goes.
 */
import { type Check, checkAll, type Visiting } from './check-faults.ts'
import { makeDemoCertificates } from './demo-certificates.ts'
import { type DemoFiles, type DemoPorts, writeDemoFiles } from './demo-files.ts'
import { LineWaiter } from './line-waiter.ts'
import { Sidecar } from './sidecar.ts'
import { type DemoBackends, startBackends } from './start-backends.ts'
import type { AccessLine, ChangeLine } from './transcript.ts'
import type { ProxyAddress } from './visit.ts'

export interface DemoOptions {
  readonly ports: DemoPorts
  /** Tried first for the backends, and upwards; 0 lets the system choose. */
  readonly firstBackendPort: number
  /** Called for every request or tunnel that is over, whoever made it. */
  readonly accessed: (line: AccessLine) => void
  /** Called when a change of the policy came into force or was refused. */
  readonly changed?: (line: ChangeLine) => void
}

/** A demo that is up. */
export interface Demo {
  readonly proxy: ProxyAddress
  readonly files: DemoFiles
  readonly backendPorts: DemoBackends['ports']
  /** Visits every backend in every way and compares what the product says with what it must say. */
  check(visiting: Visiting): Promise<Check[]>
  /** Ends everything gracefully and tells the sidecar's exit status; a second call does not wait for connections. */
  stop(): Promise<number>
  /** True once `stop` was called. */
  readonly stopping: boolean
  /** Resolves with the exit status when the sidecar ends, for whatever reason. */
  readonly ended: Promise<number>
  /** Takes everything down at once and without a word, for a process that is going away. */
  abandon(): void
}

/** Starts backends and sidecar; throws when either cannot start, and leaves nothing behind. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { ports, firstBackendPort, accessed, changed = () => {} } = options
  const { root, revocationList, shown } = await makeDemoCertificates(Date.now())
  const backends = await startBackends(shown, { firstPort: firstBackendPort })
  const files = writeDemoFiles({ rootPem: root.certificate, revocationList, ports })
  const sidecar = new Sidecar(files)
  const tidyUp = () => {
    backends.close()
    files.remove()
  }
  let stopping = false
  const lines = new LineWaiter()
  sidecar.changed = changed
  sidecar.accessed = (line) => {
    accessed(line)
    lines.offer(line)
  }
  try {
    const proxy = await sidecar.up()
    // The caller of the demo trusts the root, and the one stranger that a rule lets through.
    const trusts = [root.certificate, shown.get('allowed-untrusted')?.cert ?? '']
    return {
      proxy,
      files,
      backendPorts: backends.ports,
      check: (visiting) =>
        checkAll({ proxy, trusts, ports: backends.ports, nextLine: (to) => lines.next(to) }, visiting),
      stop: () => {
        stopping = true
        return sidecar.stop().finally(tidyUp)
      },
      get stopping() {
        return stopping
      },
      ended: sidecar.ended,
      abandon: () => {
        sidecar.kill()
        tidyUp()
      },
    }
  } catch (error) {
    sidecar.kill()
    tidyUp()
    throw error
  }
}
