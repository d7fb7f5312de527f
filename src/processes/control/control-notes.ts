import type { Totals } from '../../observe/tally.ts'
import type { RefusalWatch } from './versions/confirmation.ts'

/** What the next control process must know if this one dies. */
export interface ControlNotes {
  readonly departed: Totals
  readonly watching: RefusalWatch | undefined
}
