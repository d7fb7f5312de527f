/** Lines over time, drawn for eyes alone: the table beside them says the same. */
import { useCallback } from 'react'
import UPlot from 'uplot'
import { formatMoment, type TimeZone, useTimeZone } from '../parts/time-zone.ts'
import type { ChartData } from './chart-data.ts'
import { plotColours } from './plot-colours.ts'
import { describeSplits, leastSpan } from './time-axis.ts'
import { usePlot } from './use-plot.ts'
import { wholeSteps } from './whole-steps.ts'

export function Plot({ data }: { readonly data: ChartData }) {
  const zone = useTimeZone()
  const drawing = useCallback(
    (element: HTMLElement) => ({ options: optionsFor(data, { element, zone }), data: alignedData(data) }),
    [data, zone],
  )
  return <div ref={usePlot(drawing)} className="chart" aria-hidden="true" />
}

function alignedData({ times, series }: ChartData): UPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])]
}

interface Place {
  readonly element: HTMLElement
  readonly zone: TimeZone
}

function optionsFor(data: ChartData, { element, zone }: Place): UPlot.Options {
  const colours = plotColours(element)
  const span = leastSpan(data.times)
  const axis = { stroke: colours.text, grid: { stroke: colours.line }, ticks: { stroke: colours.line } }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    // The last time along the axis reaches half its width beyond it.
    padding: [null, 32, null, null],
    tzDate: (seconds) =>
      zone === 'utc' ? UPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000),
    axes: [
      { ...axis, values: (_plot, splits, _axis, _space, stepSeconds) => describeSplits(splits, { stepSeconds, zone }) },
      { ...axis, ...(data.isWhole === true ? { incrs: wholeSteps } : {}) },
    ],
    scales: {
      x: { ...(span && { range: span }) },
      y: { range: (_plot, _least, most) => [0, Math.max(1, most)] },
    },
    series: [
      // uPlot says null where nothing is pointed at.
      {
        label: 'Time',
        value: (_plot, seconds: number | null) => (seconds === null ? '–' : formatMoment(seconds * 1000, zone)),
      },
      ...data.series.map(({ name }, index) => ({
        label: name,
        width: 2,
        stroke: colours.lines[index % colours.lines.length] as string,
        // Lines are told apart by their dashes as well as by their colours.
        dash: dashes[index % dashes.length] as number[],
      })),
    ],
    hooks: { draw: [(plot) => drawMarks(plot, data, colours.text)] },
  }
}

/** A line from top to bottom where another version came into force. */
function drawMarks({ ctx, bbox, valToPos }: UPlot, { marks }: ChartData, colour: string): void {
  ctx.save()
  ctx.strokeStyle = colour
  ctx.fillStyle = colour
  for (const { time, text } of marks) {
    const left = valToPos(time, 'x', true)
    ctx.beginPath()
    ctx.moveTo(left, bbox.top)
    ctx.lineTo(left, bbox.top + bbox.height)
    ctx.stroke()
    ctx.fillText(text, left + 4, bbox.top + 12)
  }
  ctx.restore()
}

const HEIGHT = 220
const dashes = [[], [6, 4], [2, 3], [10, 3, 2, 3]]
