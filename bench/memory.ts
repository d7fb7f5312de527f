/** Measures the start of an instance (to the first 200 of /readyz) and the memory it holds when it has nothing to do. */
import fs from 'node:fs'
import { parseArgs } from 'node:util'
import { makeCertificates } from './rig/certificates.ts'
import { commandLine, memoryOf, processTree } from './rig/processes.ts'
import { formatTable, formatTargets, type Row, type Target, writeResults } from './rig/report.ts'
import { temporaryFolder } from './rig/rig.ts'
import { median, quantile } from './rig/statistics.ts'
import { needTools } from './rig/tools.ts'
import { startVedette } from './rig/vedette.ts'

interface Start {
  readonly readyMs: number
  readonly rssMb: number
  readonly pssMb: number
  readonly processes: readonly Row[]
}

const MEGABYTE = 1024 * 1024

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '5' },
    workers: { type: 'string', default: '2' },
    /** How long an instance is left alone before its memory is read. */
    idle: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})

await needTools(['openssl'])
const starts: Start[] = []
for (let n = 0; n < Number(values.starts); n++) starts.push(await measureStart())

const readyMs = starts.map((start) => start.readyMs)
const rssMb = starts.map((start) => start.rssMb)
const targets: Target[] = [
  { name: 'slowest start to /readyz, ms', value: quantile(readyMs, 1), atMost: 1_000 },
  { name: `idle with ${values.workers} workers, RSS of all processes, MB`, value: median(rssMb), atMost: 300 },
]
const path = await writeResults('memory', { options: values, starts, targets })
if (values.json) process.stdout.write(`${JSON.stringify({ starts, targets }, null, 2)}\n`)
else {
  const rows = starts.map(({ processes: _, ...figures }) => ({ start: '', ...figures }))
  process.stdout.write(`${formatTable(rows)}\n\n${formatTable(starts.at(-1)?.processes ?? [])}\n\n`)
  process.stdout.write(`${formatTargets(targets)}\nwritten to ${path}\n`)
}
process.exitCode = targets.every(({ value, atMost }) => value <= atMost) ? 0 : 1

async function measureStart(): Promise<Start> {
  const folder = temporaryFolder()
  try {
    const { ca } = await makeCertificates(folder)
    const vedette = await startVedette({ folder, ca, workers: Number(values.workers) })
    await new Promise((resolve) => setTimeout(resolve, Number(values.idle) * 1000))
    const processes = processTree(vedette.child.pid).map((pid): Row => {
      const { rssBytes, pssBytes } = memoryOf(pid)
      const command = commandLine(pid).split('/').at(-1) ?? ''
      return { process: command, 'RSS MB': rssBytes / MEGABYTE, 'PSS MB': pssBytes / MEGABYTE }
    })
    await vedette.child.stop()
    const sum = (column: string) => processes.reduce((total, row) => total + Number(row[column]), 0)
    return { readyMs: vedette.readyMs, rssMb: sum('RSS MB'), pssMb: sum('PSS MB'), processes }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
