/** Which processors a process may use; a container has but a few of its machine's. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'

/** Reads the processors of this process from /proc/self/status: `0-1,6` is [0, 1, 6]. */
export function ownProcessors(status = fs.readFileSync('/proc/self/status', 'utf8')): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '0'
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}

/** Keeps a process, its threads, and what it starts from now on, to some of them; one that has ended needs nothing. */
export function keepTo(processors: readonly number[], pid: number): void {
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', processors.join(), `${pid}`], { stdio: 'pipe' })
  } catch (error) {
    if (fs.existsSync(`/proc/${pid}`)) throw error
  }
}
