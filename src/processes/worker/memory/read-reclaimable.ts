/**
 * What the kernel can give back of a container's memory without taking it from a process: its page cache. Where nothing
 * can be read it counts as nothing, so that memory is rather thought short than plenty.
 */
import { readFileSync } from 'node:fs'

/** Where the figures of the group lie: cgroup v2 and v1, the group's own folder and, seen from inside a container, the root. */
export function statFiles(groups: string): readonly string[] {
  const v2 = /^0::(.*)$/m.exec(groups)?.[1]
  const v1 = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1]
  // With both mounted, memory is where v1 has it.
  const [root, own] = v1 === undefined ? ['/sys/fs/cgroup', v2] : ['/sys/fs/cgroup/memory', v1]
  const folders = own === undefined || own === '/' ? [root] : [root + own, root]
  return folders.map((folder) => `${folder}/memory.stat`)
}

/** Adds up the file pages of a `memory.stat`; v1 has the whole group under `total_`. */
export function reclaimableIn(stat: string): number {
  const figures = new Map(stat.split('\n').map((line) => line.split(' ') as [string, string]))
  const bytes = (name: string) => Number(figures.get(`total_${name}`) ?? figures.get(name) ?? 0)
  return bytes('inactive_file') + bytes('active_file')
}

/** Reads it for the container of this process. */
export function readReclaimable(): number {
  for (const file of statFiles(readOrNothing('/proc/self/cgroup'))) {
    const stat = readOrNothing(file)
    if (stat !== '') return reclaimableIn(stat)
  }
  return 0
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
