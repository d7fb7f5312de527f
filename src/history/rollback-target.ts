/**
 * Where a rollback without a number goes. Versions form a stack: one that is applied lies on top, a rollback or a revert
 * takes away everything above the version whose text it brings back. What was taken away is never chosen again, so two
 * rollbacks in a row go further back, and none brings back what has just been undone. While a version waits for its
 * confirmation it is what was confirmed last: whatever lies in between may never have been confirmed either.
 */
import type { History } from './open-history.ts'
import { pending } from './pending.ts'
import { guarded } from './sqlite-error.ts'

interface Step {
  readonly number: number
  readonly sha256: string
  readonly source: string
}

/** Finds what was confirmed last, or the newest version that was not undone and differs from the one in force; null when there is none. */
export function rollbackTarget(history: History): number | null {
  const waits = pending(history)
  if (waits !== null) return waits.revertTo
  const { standing } = walk(stepsOf(history))
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

/** Tells which versions were taken away again, each with the number of the rollback or revert that did it. */
export function undoneVersions(history: History): ReadonlyMap<number, number> {
  return walk(stepsOf(history)).undone
}

interface Walked {
  /** What nothing has undone, oldest first; the last one says what the one in force says. */
  readonly standing: readonly Step[]
  readonly undone: ReadonlyMap<number, number>
}

function walk(steps: readonly Step[]): Walked {
  const undone = new Map<number, number>()
  let standing: Step[] = []
  let last: { readonly by: number; readonly before: readonly Step[] } | undefined
  for (const step of steps) {
    const isUndoing = step.source === 'rollback' || step.source === 'revert'
    const origin = isUndoing ? standing.findLastIndex(({ sha256 }) => sha256 === step.sha256) : -1
    if (origin !== -1) {
      last = { by: step.number, before: [...standing] }
      for (const { number } of standing.splice(origin + 1)) undone.set(number, step.number)
    } else if (step.source === 'revert' && last?.before.at(-1)?.sha256 === step.sha256) {
      // A rollback that was on trial is undone itself: what it had taken away stands again.
      const { by, before } = last
      for (const [number, taker] of undone) if (taker === by) undone.delete(number)
      for (const { number } of standing) if (number > by) undone.set(number, step.number)
      undone.set(by, step.number)
      standing = [...before]
    } else {
      // A rollback to a version that had been undone brings it back to life: it lies on top like any other.
      standing.push(step)
    }
  }
  return { standing, undone }
}
