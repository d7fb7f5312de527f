/** Draws with uPlot, the only place that knows it. The drawing is for eyes alone: the table beside it says the same. */
import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { ChartData } from './decision-series.ts'

export function Plot({ data }: { readonly data: ChartData }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    const plot = new UPlot(optionsFor(data, element), alignedData(data), element)
    const watcher = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }))
    watcher.observe(element)
    return () => {
      watcher.disconnect()
      plot.destroy()
    }
  }, [data])
  return <div ref={place} className="chart" aria-hidden="true" />
}

function alignedData({ times, series }: ChartData): UPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])]
}

function optionsFor(data: ChartData, element: HTMLElement): UPlot.Options {
  const colours = coloursOf(element)
  const axis = { stroke: colours.text, grid: { stroke: colours.line }, ticks: { stroke: colours.line } }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    axes: [axis, axis],
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, most)] } },
    series: [
      {},
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

/** A canvas knows no variables of CSS, and light-dark() is resolved only where a colour is used: so it is used, and read. */
function coloursOf(element: HTMLElement) {
  const probe = document.createElement('span')
  element.append(probe)
  const read = (name: string) => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const colours = {
    text: read('text-quiet'),
    line: read('line'),
    lines: ['good', 'doubtful', 'bad', 'accent'].map(read),
  }
  probe.remove()
  return colours
}

const HEIGHT = 220
const dashes = [[], [6, 4], [2, 3], [10, 3, 2, 3]]
