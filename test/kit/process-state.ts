/** What the kernel says of a process. */
import { readFileSync } from 'node:fs'

/** A zombie that nobody has buried yet is dead. */
export function isAlive(pid: number): boolean {
  return !['Z', ''].includes(stateOf(pid))
}

/** The letter that the kernel gives the state of a process, empty when there is none: T is stopped. */
export function stateOf(pid: number): string {
  try {
    return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}
