/** Tries out what a backend accepts, as the page asks for it, and what rule would be the tightest for it. */
import { type Matrix, type MatrixWish, probeMatrix } from '../../../backend/probe-matrix.ts'
import { type SuggestedRule, suggestRule } from '../../../backend/suggest-rule.ts'
import { Deadlines } from '../../../wire/deadlines.ts'
import { rehearsalList } from './rehearsal-list.ts'

/** What came of it. */
export interface TriedOut {
  readonly matrix: Matrix
  /** Null where it accepts nothing that we could offer. */
  readonly tightest: SuggestedRule | null
}

/** Makes all the handshakes; behind the STARTTLS of the service that names the backend, where one does. */
export async function tryOut({
  snapshot,
  decision,
  progress,
}: Pick<MatrixWish, 'snapshot' | 'decision' | 'progress'>): Promise<TriedOut> {
  const { destination } = decision
  const known = rehearsalList({ policies: [], services: snapshot.settings.services })
  const starttls = known.find(({ authority }) => authority === destination.authority)?.starttls
  const deadlines = new Deadlines()
  try {
    const matrix = await probeMatrix({ snapshot, decision, deadlines, starttls, progress })
    return { matrix, tightest: suggestRule(matrix, destination) ?? null }
  } finally {
    deadlines.close()
  }
}
