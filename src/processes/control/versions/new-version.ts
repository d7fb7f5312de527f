/**
 * What a change records. While a version waits for its confirmation, whatever replaces it takes the wait over: an edit
 * that came in between must not make stay what nobody confirmed. Only a rollback, which is a decision of its own, ends
 * the wait (unless it is on trial itself), and so does a return by hand to the text that would have come back.
 */
import type { History } from '../../../history/open-history.ts'
import { pending as pendingOf } from '../../../history/pending.ts'
import { hashText, type NewVersion, type Version, versionByNumber } from '../../../history/versions.ts'
import { currentCatalogue } from '../../../policy/catalogue/catalogue-record.ts'
import type { Attempt } from '../wanted.ts'

interface Base {
  readonly active: Version | null
  readonly history: History
}

/** Makes the record of an attempt that comes into force on top of the active version. */
export function newVersion(attempt: Attempt, { active, history }: Base): NewVersion {
  const { text, author, comment, source } = attempt
  const version = { text, author, comment, source, timeMs: Date.now(), catalogue: currentCatalogue() }
  if (active === null) return version
  const expected = { ...version, expectedParent: active.number }
  const confirm = confirmationFor(attempt, { active, history })
  return confirm === undefined ? expected : { ...expected, confirm }
}

/** Makes the record that takes back a version which was recorded and could not be swapped in. */
export function undoneVersion({ text, number }: Version, confirm: NewVersion['confirm']): NewVersion {
  const comment = `version ${number + 1} could not be swapped in`
  const said = { text, author: 'vedette', comment, source: 'revert', timeMs: Date.now() } as const
  const version = { ...said, catalogue: currentCatalogue() }
  return confirm === undefined ? version : { ...version, confirm }
}

/** What still waits, in the shape in which the next version takes it over. */
export function waiting(history: History): NewVersion['confirm'] {
  const waits = pendingOf(history)
  return waits === null ? undefined : { deadlineMs: waits.deadlineMs, revertTo: waits.revertTo }
}

function confirmationFor({ text, source, confirm }: Attempt, { active, history }: Base & { active: Version }) {
  if (source === 'revert' || (source === 'rollback' && confirm === undefined)) return undefined
  const waits = waiting(history)
  // While one version waits for its confirmation, the next one goes back to what was confirmed last.
  const revertTo = waits?.revertTo ?? active.number
  if (hashText(text) === versionByNumber(history, revertTo).sha256) return undefined
  return confirm === undefined ? waits : { deadlineMs: Date.now() + confirm.withinMs, revertTo }
}
