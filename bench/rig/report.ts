/** Results on paper: a table for people on the terminal, JSON for machines under bench/results/. */
import fs from 'node:fs'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { toolVersions } from './tools.ts'

/** A figure held against its target. */
export interface Target {
  readonly name: string
  readonly value: number
  readonly atMost: number
}

export type Cell = string | number
export type Row = Readonly<Record<string, Cell>>

/** Lays rows out under their keys: words to the left, numbers to the right. */
export function formatTable(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {})
  const texts = rows.map((row) => columns.map((column) => formatCell(row[column] ?? '')))
  const widths = columns.map((column, at) => Math.max(column.length, ...texts.map((cells) => cells[at]?.length ?? 0)))
  const line = (cells: readonly string[], isHead: boolean) =>
    cells
      .map((cell, at) => {
        const isWord = at === 0 || (!isHead && typeof rows[0]?.[columns[at] as string] === 'string')
        return isWord ? cell.padEnd(widths[at] as number) : cell.padStart(widths[at] as number)
      })
      .join('  ')
      .trimEnd()
  return [line(columns, true), ...texts.map((cells) => line(cells, false))].join('\n')
}

/** Says of each target whether it is met. */
export function formatTargets(targets: readonly Target[]): string {
  return targets
    .map(({ name, value, atMost }) => {
      const word = !Number.isFinite(value) ? 'not measured' : value <= atMost ? 'met' : 'MISSED'
      return `${name}: ${value.toFixed(2)} (at most ${atMost}): ${word}`
    })
    .join('\n')
}

/** Adds the machine and the versions, and writes the whole to bench/results/; gives the file's path. */
export async function writeResults(name: string, results: object): Promise<string> {
  const folder = fileURLToPath(new URL('../results', import.meta.url))
  fs.mkdirSync(folder, { recursive: true })
  const at = new Date().toISOString()
  const path = `${folder}/${name}-${at.replaceAll(/[:.]/g, '-')}.json`
  const cpus = os.cpus()
  const machine = { cpu: cpus[0]?.model ?? '', cores: cpus.length, kernel: os.release(), load: os.loadavg() }
  fs.writeFileSync(path, `${JSON.stringify({ at, machine, versions: await toolVersions(), ...results }, null, 2)}\n`)
  return path
}

function formatCell(cell: Cell): string {
  if (typeof cell === 'string') return cell
  if (!Number.isFinite(cell)) return '-'
  if (Number.isInteger(cell)) return String(cell)
  return Math.abs(cell) >= 100 ? cell.toFixed(0) : cell.toFixed(2)
}
