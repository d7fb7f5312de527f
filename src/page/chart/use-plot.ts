import { type RefObject, useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

/** What uPlot draws, and into how much room. */
export interface Drawing {
  readonly options: UPlot.Options
  readonly data: UPlot.AlignedData
}

/** Draws with uPlot into an element for as long as it is there, as wide as it is; `drawing` must only change with its data. */
export function usePlot(drawing: (element: HTMLElement) => Drawing): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    const { options, data } = drawing(element)
    const plot = new UPlot(options, data, element)
    const watcher = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: options.height }))
    watcher.observe(element)
    return () => {
      watcher.disconnect()
      plot.destroy()
    }
  }, [drawing])
  return place
}
