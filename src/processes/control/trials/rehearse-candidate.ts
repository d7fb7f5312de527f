import type { Known } from '../../../backend/backends.ts'
import type { History } from '../../../history/open-history.ts'
import { lastSightings } from '../../../history/sightings.ts'
import type { Problem } from '../../../policy/document/problem.ts'
import type { Settings } from '../../../settings/settings.ts'
import type { Snapshot } from '../../../settings/snapshot.ts'
import { composeSnapshot, type Readers } from '../versions/compose-snapshot.ts'
import { appliedUnder } from '../versions/note-upgrade.ts'
import { rehearsalList } from './rehearsal-list.ts'
import { type Rehearsal, type RehearseOptions, rehearse } from './rehearse.ts'
import type { WaitingLine } from './waiting-line.ts'

/** What a running instance rehearses with. */
export interface RehearsalMeans {
  readonly history: History
  /** What is in force. */
  readonly active: Snapshot
  readonly readers: (settings: Settings) => Readers
  readonly known: Known
  /** Where rehearsals wait for each other. */
  readonly line: WaitingLine
  readonly progress?: RehearseOptions['progress']
}

/** A rehearsal with what the candidate's own text leaves to be looked at. */
export interface CandidateRehearsal extends Rehearsal {
  readonly warnings: readonly Problem[]
}

/** Rehearses a policy text in a running instance: with its trust stores, against what it has in force and has seen. */
export async function rehearseCandidate(
  text: { readonly text: string; readonly file: string },
  { history, active, readers, progress, known, line }: RehearsalMeans,
): Promise<CandidateRehearsal> {
  const { settings, generation, version } = active
  const composition = await composeSnapshot(text, {
    ...{ settings, readers: readers(settings), generation, version },
    appliedUnder: appliedUnder(history, text.text),
  })
  const { snapshot, warnings } = composition
  const seen = lastSightings(history).map(({ authority }) => authority)
  const destinations = rehearsalList({ policies: [snapshot.policy, active.policy], services: settings.services, seen })
  const options = { destinations, active, known, ...(progress === undefined ? {} : { progress }) }
  const rehearsal = await line.take(() => rehearse(snapshot, options))
  return { ...rehearsal, warnings }
}
