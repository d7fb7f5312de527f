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
  return guarded(history.file, () => {
    const row = history.database.prepare('select * from rejections order by id desc limit 1').get()
    if (row === undefined) return null
    return {
      timeMs: Number(row.time_ms),
      source: row.source as VersionSource,
      author: String(row.author),
      sha256: String(row.sha256),
      problems: JSON.parse(String(row.problems)) as string[],
    }
  })
}

function boundedProblems(problems: readonly string[]): readonly string[] {
  const kept = problems.slice(0, problemsMax).map((problem) => problem.slice(0, problemLengthMax))
  const left = problems.length - kept.length
  return left > 0 ? [...kept, `and ${left} more`] : kept
}

const problemsMax = 100
const problemLengthMax = 1000
