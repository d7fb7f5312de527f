import type { History } from '../history/open-history.ts'
import { lastSightings } from '../history/sightings.ts'
import type { Problem } from '../policy/problem.ts'
import type { Settings } from '../settings/settings.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import { composeSnapshot, type Readers } from './compose-snapshot.ts'
import { rehearsalList } from './rehearsal-list.ts'
import { type Rehearsal, type RehearseOptions, rehearse } from './rehearse.ts'

/** What a running instance rehearses with. */
export interface RehearsalMeans {
  readonly history: History
  /** What is in force. */
  readonly active: Snapshot
  readonly readers: (settings: Settings) => Readers
  readonly progress?: RehearseOptions['progress']
}

/** A rehearsal with what the candidate's own text leaves to be looked at. */
export interface CandidateRehearsal extends Rehearsal {
  readonly warnings: readonly Problem[]
}

/** Rehearses a policy text in a running instance: with its trust stores, against what it has in force and has seen. */
export async function rehearseCandidate(
  text: { readonly text: string; readonly file: string },
  { history, active, readers, progress }: RehearsalMeans,
): Promise<CandidateRehearsal> {
  const { settings, generation, version } = active
  const composition = await composeSnapshot(text, { settings, readers: readers(settings), generation, version })
  const { snapshot, warnings } = composition
  const seen = lastSightings(history).map(({ authority }) => authority)
  const destinations = rehearsalList({ policies: [snapshot.policy, active.policy], services: settings.services, seen })
  const rehearsal = await rehearse(snapshot, { destinations, active, ...(progress === undefined ? {} : { progress }) })
  return { ...rehearsal, warnings }
}
