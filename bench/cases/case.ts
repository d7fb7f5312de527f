import type { Row, Target } from '../rig/report.ts'
import type { Rig } from '../rig/rig.ts'

/** How much to measure. */
export interface CaseOptions {
  /** Rounds; in each, every contender is measured once, one after the other. */
  readonly pairs: number
  /** Length of one measurement. */
  readonly seconds: number
}

/** What a case found. */
export interface CaseReport {
  readonly name: string
  /** One row for each contender, medians of the rounds. */
  readonly rows: readonly Row[]
  readonly targets: readonly Target[]
  /** Every measurement, for the record. */
  readonly rounds: readonly Row[]
}

/** One thing worth measuring; one file each beside this one. */
export interface Case {
  readonly name: string
  run(rig: Rig, options: CaseOptions): Promise<CaseReport>
}
