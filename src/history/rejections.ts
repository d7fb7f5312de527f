/** Attempts that never became a version: who tried what, when, and what was wrong with it. */

import type { History } from './open-history.ts'
import { guarded } from './sqlite-error.ts'
import { hashText, type VersionSource } from './versions.ts'

export interface Rejection {
  readonly timeMs: number
  readonly source: VersionSource
  readonly author: string
  /** SHA-256 of the refused text, hex; the text itself is not kept. */
  readonly sha256: string
  /** What was wrong, one line each, as the author saw it. */
  readonly problems: readonly string[]
}

export interface NewRejection {
  readonly text: string
  readonly source: VersionSource
  readonly author: string
  readonly timeMs: number
  readonly problems: readonly string[]
}

/** Records a refused attempt; the newest thousand are kept, and of each at most a hundred problems. */
export function recordRejection(history: History, entry: NewRejection): Rejection {
  const { source, author, timeMs } = entry
  const problems = boundedProblems(entry.problems)
  const sha256 = hashText(entry.text)
  guarded(history.file, () =>
    history.database
      .prepare('insert into rejections (time_ms, source, author, sha256, problems) values (?, ?, ?, ?, ?)')
      .run(timeMs, source, author, sha256, JSON.stringify(problems)),
  )
  return { timeMs, source, author, sha256, problems }
}

/** Reads the newest refused attempt, or null when there was none. */
export function lastRejection(history: History): Rejection | null {
  const [last] = listRejections(history, { limit: 1 })
  if (last === undefined) return null
  const { number: _, ...rejection } = last
  return rejection
}

/** A rejection in the list of all: it counts on, also past those that are no longer kept. */
export interface NumberedRejection extends Rejection {
  readonly number: number
}

/** Lists refused attempts, newest first; `before` is the number the next page starts under. */
export function listRejections(
  history: History,
  page: { limit: number; before?: number },
): readonly NumberedRejection[] {
  const below = page.before ?? Number.MAX_SAFE_INTEGER
  return guarded(history.file, () =>
    history.database
      .prepare('select * from rejections where id < ? order by id desc limit ?')
      .all(below, page.limit)
      .map((row) => ({
        number: Number(row.id),
        timeMs: Number(row.time_ms),
        source: row.source as VersionSource,
        author: String(row.author),
        sha256: String(row.sha256),
        problems: JSON.parse(String(row.problems)) as string[],
      })),
  )
}

function boundedProblems(problems: readonly string[]): readonly string[] {
  const kept = problems.slice(0, problemsMax).map((problem) => problem.slice(0, problemLengthMax))
  const left = problems.length - kept.length
  return left > 0 ? [...kept, `and ${left} more`] : kept
}

const problemsMax = 100
const problemLengthMax = 1000
