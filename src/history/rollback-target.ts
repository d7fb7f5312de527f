/**
 * Where a rollback without a number goes. Versions form a stack: one that is applied lies on top, a rollback or a revert
 * takes away everything above the version whose text it brings back. What was taken away is never chosen again, so two
 * rollbacks in a row go further back, and none brings back what has just been undone.
 */
import type { History } from './open-history.ts'
import { guarded } from './sqlite-error.ts'

interface Step {
  readonly number: number
  readonly sha256: string
  readonly source: string
}

/** Finds the newest version that was not undone and differs from the one in force; null when there is none. */
export function rollbackTarget(history: History): number | null {
  const standing = standingVersions(stepsOf(history))
  const active = standing.at(-1)
  return standing.findLast(({ sha256 }) => sha256 !== active?.sha256)?.number ?? null
}

function stepsOf(history: History): readonly Step[] {
  return guarded(history.file, () =>
    history.database
      .prepare('select number, sha256, source from versions order by number')
      .all()
      .map((row) => ({ number: Number(row.number), sha256: String(row.sha256), source: String(row.source) })),
  )
}

/** Lists the versions that nothing has undone, oldest first; the last one says what the one in force says. */
function standingVersions(steps: readonly Step[]): readonly Step[] {
  const standing: Step[] = []
  for (const step of steps) {
    const isUndoing = step.source === 'rollback' || step.source === 'revert'
    const origin = isUndoing ? standing.findLastIndex(({ sha256 }) => sha256 === step.sha256) : -1
    // A rollback to a version that had been undone brings it back to life: it lies on top like any other.
    if (origin === -1) standing.push(step)
    else standing.length = origin + 1
  }
  return standing
}
