/**
 * Where our worker's processor time goes under the small-keep-alive load: V8 samples every process of an instance,
 * and the worker's samples taken during the load are added up by function.
 */
import fs from 'node:fs'
import { parseArgs } from 'node:util'
import { nowMs } from './load/clock.ts'
import { type CpuProfile, type SelfTime, selfTimes } from './rig/cpu-profile.ts'
import { commandLine, processTree } from './rig/processes.ts'
import { formatTable } from './rig/report.ts'
import { type Rig, startRig, temporaryFolder } from './rig/rig.ts'
import { runWrk, type WrkFigures } from './rig/wrk.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    top: { type: 'string', default: '40' },
    /** `/small` on 32 connections, or `/bulk` on one. */
    path: { type: 'string', default: '/small' },
    /** What the title of the processes of interest holds: `vedette worker`, `vedette control`. */
    title: { type: 'string', default: 'vedette worker' },
    /** Microseconds between two samples. */
    interval: { type: 'string', default: '500' },
    /** Keeps the .cpuprofile files (for a flame chart) in this folder. */
    out: { type: 'string' },
  },
})

const isBulk = values.path === '/bulk'
const connections = isBulk ? 1 : 32
const unit = isBulk ? 'ms/GB' : 'µs/request'
const WARM_UP_SECONDS = 3

const profiles = values.out ?? temporaryFolder()
fs.mkdirSync(profiles, { recursive: true })
const flags = `--cpu-prof --cpu-prof-dir=${profiles} --cpu-prof-interval=${values.interval}`
const rig = await startRig(['vedette'], { ...process.env, NODE_OPTIONS: flags })
try {
  const { pids, window, figures } = await load(rig)
  // V8 writes a profile when its process ends.
  await rig.contenders[0]?.child.stop(15_000)
  for (const pid of pids) print(readProfile(pid), window, figures)
} finally {
  await rig.stop()
  if (values.out === undefined) fs.rmSync(profiles, { recursive: true, force: true })
}

async function load({ contenders: [vedette], folder, host }: Rig) {
  if (vedette === undefined) throw new Error('nothing to profile')
  const run = (seconds: number) => runWrk(vedette, { folder, path: values.path, host, connections, seconds })
  await run(WARM_UP_SECONDS)
  const pids = processTree(vedette.child.pid).filter((pid) => commandLine(pid).includes(values.title))
  const fromMs = nowMs()
  const figures = await run(Number(values.seconds))
  return { pids, window: { fromMs, toMs: nowMs() }, figures }
}

function readProfile(pid: number): CpuProfile {
  const name = fs.readdirSync(profiles).find((file) => file.split('.')[3] === String(pid))
  if (name === undefined) throw new Error(`process ${pid} left no profile in ${profiles}: it did not end by itself`)
  return JSON.parse(fs.readFileSync(`${profiles}/${name}`, 'utf8')) as CpuProfile
}

function print(profile: CpuProfile, window: { fromMs: number; toMs: number }, figures: WrkFigures): void {
  const times = selfTimes(profile, window)
  const busy = times.filter(({ name }) => name !== '(idle)')
  const busyMs = busy.reduce((sum, { selfMs }) => sum + selfMs, 0)
  const perUnit = (selfMs: number) => (isBulk ? (selfMs * 1e9) / figures.bytes : (selfMs * 1000) / figures.requests)
  const row = ({ name, place, selfMs }: SelfTime) => ({
    function: name,
    place,
    '% of busy': (selfMs / busyMs) * 100,
    [unit]: perUnit(selfMs),
  })
  const byFile = Map.groupBy(busy, ({ place }) => place.replace(/:\d+$/, ''))
  const files = [...byFile].map(([place, list]) => {
    const selfMs = list.reduce((sum, one) => sum + one.selfMs, 0)
    return {
      file: place || '(native)',
      '% of busy': (selfMs / busyMs) * 100,
      [unit]: perUnit(selfMs),
    }
  })
  const top = Number(values.top)
  process.stdout.write(`${figures.requests} requests, busy ${(busyMs / 1000).toFixed(2)} s of main-thread time\n\n`)
  process.stdout.write(`${formatTable(busy.slice(0, top).map(row))}\n\n`)
  const sorted = files.toSorted((one, other) => Number(other[unit]) - Number(one[unit]))
  process.stdout.write(`${formatTable(sorted.slice(0, top))}\n`)
}
