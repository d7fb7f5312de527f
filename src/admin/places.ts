/** Where something is wrong, as the API says it: JSON pointers for programs, paths and lines for people. */
import type * as z from 'zod'
import { formatPath, type Path, type Problem } from '../policy/document/problem.ts'
import type { Place } from './contract.ts'

/** Says a problem of a policy text. */
export function placeOf({ path, message, severity, line, column }: Problem): Place {
  return { pointer: pointerTo(readPath(path)), message, severity, path, line, column }
}

/** Says what a schema minds about a request; not more than a reader can mend in one go. */
export function placesOf(issues: readonly z.core.$ZodIssue[]): Place[] {
  return issues.slice(0, PLACES_MAX).map((issue) => {
    const path = issue.path as Path
    const message = issue.message.length > TEXT_MAX ? `${issue.message.slice(0, TEXT_MAX)}…` : issue.message
    return { pointer: pointerTo(path), message, severity: 'error', path: formatPath(path), line: 0, column: 0 }
  })
}

/** Writes a JSON pointer (RFC 6901). */
export function pointerTo(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** Reads a path as formatPath wrote it. */
function readPath(text: string): Path {
  return [...text.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(([, index, quoted, word]) => {
    if (index !== undefined) return Number(index)
    return quoted === undefined ? (word as string) : (JSON.parse(`"${quoted}"`) as string)
  })
}

const PLACES_MAX = 50
const TEXT_MAX = 300
