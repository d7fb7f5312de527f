/** Token tunnels: so much TLS in TLS each way with equal hashes, and the memory that idle ones hold in the worker. */
import { parseArgs } from 'node:util'
import { startTokenTunnels } from '../test/kit/start-token-tunnels.ts'
import { commandLine, memoryOf, processTree } from './rig/processes.ts'
import { formatTargets, type Target, writeResults } from './rig/report.ts'

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '256' },
    tunnels: { type: 'string', default: '5000' },
    json: { type: 'boolean', default: false },
  },
})

const AT_A_TIME = 16
const SETTLE_MS = 3000
const cleaning: (() => unknown)[] = []
const started = await startTokenTunnels({ after: (clean) => void cleaning.push(clean) })
const token = await started.issue()
const carriedMs = await carryAll(Number(values.megabytes))
const before = workerBytes()
const opened = await openAll(Number(values.tunnels))
await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
const eachBytes = (workerBytes() - before) / opened
const targets: Target[] = [
  { name: `idle tunnel in the worker, kB, of ${opened}`, value: eachBytes / 1000, atMost: 250 },
]
const path = await writeResults('tunnels', { options: values, carriedMs, targets })
if (values.json) process.stdout.write(`${JSON.stringify({ carriedMs, targets }, null, 2)}\n`)
else {
  process.stdout.write(`${values.megabytes} MiB each way with equal SHA-256 in ${(carriedMs / 1000).toFixed(1)} s\n`)
  process.stdout.write(`${formatTargets(targets)}\nwritten to ${path}\n`)
}
for (const clean of cleaning.reverse()) await clean()
process.exit(targets.every(({ value, atMost }) => value <= atMost) ? 0 : 1)

async function carryAll(megabytes: number): Promise<number> {
  const startedMs = performance.now()
  if (megabytes > 0) await started.carry(await started.open(token), megabytes)
  return performance.now() - startedMs
}

async function openAll(count: number): Promise<number> {
  let begun = 0
  const opener = async (): Promise<void> => {
    while (begun < count) {
      begun += 1
      await started.open(token)
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, opener))
  return count
}

function workerBytes(): number {
  const workers = processTree(started.sidecar.pid).filter((pid) => commandLine(pid).includes('vedette worker'))
  return workers.reduce((sum, pid) => sum + memoryOf(pid).rssBytes, 0)
}
