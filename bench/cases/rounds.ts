/** Takes measurements in rounds, A B C D A B C D, so that a machine that slows down slows everybody down. */
import type { Contender } from '../rig/contender.ts'
import type { Row, Target } from '../rig/report.ts'
import { median, pairedRatios } from '../rig/statistics.ts'
import type { CaseReport } from './case.ts'

export type Figures = Readonly<Record<string, number>>

/** Measures every contender once in each round; `figures` of round n stand at index n. */
export async function measureRounds(
  contenders: readonly Contender[],
  rounds: number,
  measure: (contender: Contender) => Promise<Figures>,
): Promise<Map<string, Figures[]>> {
  const measured = new Map<string, Figures[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const figures = await measure(contender)
      measured.get(contender.name)?.push(figures)
      const summary = Object.entries(figures).map(([key, value]) => `${key} ${value.toFixed(2)}`)
      process.stderr.write(`  round ${round + 1}/${rounds} ${contender.name}: ${summary.join(', ')}\n`)
    }
  }
  return measured
}

/** Medians for each contender, and the median of the paired ratios of ours to each peer's in `ratioOf`. */
export function reportRounds(options: {
  name: string
  measured: ReadonlyMap<string, readonly Figures[]>
  ratioOf: string
  limits: Readonly<Record<string, number>>
}): CaseReport {
  const { measured, ratioOf } = options
  const series = (name: string, key: string) => (measured.get(name) ?? []).map((figures) => figures[key] ?? Number.NaN)
  const ratio = (peer: string) => median(pairedRatios(series('vedette', ratioOf), series(peer, ratioOf)))
  const rows = [...measured.keys()].map((name): Row => {
    const keys = Object.keys(measured.get(name)?.[0] ?? {})
    const medians = keys.map((key) => [key, median(series(name, key))] as const)
    return { contender: name, ...Object.fromEntries(medians), 'ours/theirs': ratio(name) }
  })
  const targets = Object.entries(options.limits)
    .filter(([peer]) => measured.has(peer) && measured.has('vedette'))
    .map(
      ([peer, atMost]): Target => ({ name: `${options.name}: ${ratioOf}, ours/${peer}`, value: ratio(peer), atMost }),
    )
  const rounds = [...measured].flatMap(([name, list]) =>
    list.map((figures, round): Row => ({ contender: name, round: round + 1, ...figures })),
  )
  return { name: options.name, rows, targets, rounds }
}
