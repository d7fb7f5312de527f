/** Reads /proc: which processes belong to a contender, the processor time they took and the memory they hold. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'

/** User and system time of one process so far, in seconds. */
export interface ProcessorTime {
  readonly user: number
  readonly system: number
}

export interface Memory {
  readonly rssBytes: number
  /** Shared pages divided among those who share them: what the process costs beside the others. */
  readonly pssBytes: number
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

// Positions in /proc/PID/stat after the command's name, which is in brackets and may hold anything.
const PARENT = 1
const USER_TIME = 11
const SYSTEM_TIME = 12
const ENDED_CHILDREN = [13, 14]

/** A process and everything it started, in order of id. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>()
  for (const entry of fs.readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    const fields = statFields(pid)
    if (fields !== undefined) parents.set(pid, Number(fields[PARENT]))
  }
  const tree = new Set([root])
  for (let grew = true; grew; ) {
    grew = false
    for (const [pid, parent] of parents) {
      if (!tree.has(parent) || tree.has(pid)) continue
      tree.add(pid)
      grew = true
    }
  }
  return [...tree].sort((a, b) => a - b)
}

/** Processor time of one process; undefined when it is gone. */
export function processorTime(pid: number): ProcessorTime | undefined {
  const fields = statFields(pid)
  if (fields === undefined) return undefined
  return {
    user: Number(fields[USER_TIME]) / ticksPerSecond,
    system: Number(fields[SYSTEM_TIME]) / ticksPerSecond,
  }
}

/** Processor seconds of a process, of everything alive below it, and of every descendant that has ended. */
export function totalSeconds(root: number): number {
  return processTree(root).reduce((sum, pid) => {
    const fields = statFields(pid) ?? []
    const ticks = [USER_TIME, SYSTEM_TIME, ...ENDED_CHILDREN].map((at) => Number(fields[at] ?? 0))
    return sum + ticks.reduce((total, count) => total + count, 0) / ticksPerSecond
  }, 0)
}

/** Processor seconds of the children of this process that have ended. */
export function endedChildrenSeconds(): number {
  const fields = statFields(process.pid) ?? []
  return ENDED_CHILDREN.reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) / ticksPerSecond
}

/** Memory of one process; zero when it is gone. */
export function memoryOf(pid: number): Memory {
  const rollup = readProc(`/proc/${pid}/smaps_rollup`) ?? ''
  const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0)
  return { rssBytes: kilobytes('Rss') * 1024, pssBytes: kilobytes('Pss') * 1024 }
}

/** The command line of a process as one text. */
export function commandLine(pid: number): string {
  return (readProc(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim()
}

function statFields(pid: number): string[] | undefined {
  const text = readProc(`/proc/${pid}/stat`)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}

function readProc(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
