/** Counts as bars, one below the other, drawn for eyes alone: the table beside them says the same. */
import { useCallback } from 'react'
import UPlot from 'uplot'
import { plotColours } from './plot-colours.ts'
import type { RankedRow } from './ranked-rows.ts'
import { usePlot } from './use-plot.ts'
import { wholeSteps } from './whole-steps.ts'

export function Bars({ rows }: { readonly rows: readonly RankedRow[] }) {
  const drawing = useCallback(
    (element: HTMLElement) => ({
      options: optionsFor(rows, element),
      data: [rows.map((_, index) => index), rows.map(({ count }) => count)] satisfies UPlot.AlignedData,
    }),
    [rows],
  )
  return <div ref={usePlot(drawing)} className="chart bars" aria-hidden="true" />
}

function optionsFor(rows: readonly RankedRow[], element: HTMLElement): UPlot.Options {
  const { text, line, lines } = plotColours(element)
  const accent = lines.at(-1) as string
  const longest = LETTER * Math.max(...rows.map(({ name }) => name.length)) + 16
  // Asked again when the window gets narrower: names leave half of it to the bars.
  const size = ({ width }: UPlot) => Math.min(longest, width / 2)
  const ticks = { show: false }
  return {
    width: element.clientWidth,
    height: rows.length * ROW_HEIGHT + AXIS_HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, ori: 1, dir: -1, range: [-0.5, rows.length - 0.5] },
      y: { ori: 0, range: (_plot, _least, most) => [0, Math.max(1, most)] },
    },
    axes: [
      {
        ...{ side: 3, size, stroke: text, grid: { show: false }, ticks },
        splits: () => rows.map((_, index) => index),
        values: (plot) => rows.map(({ name }) => shortened(name, size(plot))),
      },
      { side: 2, stroke: text, grid: { stroke: line }, ticks, incrs: wholeSteps },
    ],
    series: [{}, { fill: accent, stroke: accent, points: ticks, ...(bars === undefined ? {} : { paths: bars }) }],
  }
}

/** Bars of most of a row, and not thicker than a finger. */
const bars = UPlot.paths.bars?.({ size: [0.7, 24] })

/** Names of suites are long; the table has them whole. */
function shortened(name: string, size: number): string {
  const room = Math.floor((size - 16) / LETTER)
  return name.length <= room ? name : `${name.slice(0, Math.max(1, room - 1))}…`
}

/** About what a letter takes at the size that uPlot writes in. */
const LETTER = 8
const ROW_HEIGHT = 28
const AXIS_HEIGHT = 50
