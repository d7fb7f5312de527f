import { stripVTControlCharacters } from 'node:util'
import type { Terminal } from './terminal.ts'

/** Shows rows in columns, the first row as the head; painted cells are as wide as they look. */
export function showTable(rows: readonly (readonly string[])[], terminal: Terminal): void {
  const [head = []] = rows
  const widths = head.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))))
  for (const [index, row] of rows.entries()) {
    const cells = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
    const line = cells.join('  ').trimEnd()
    terminal.print(index === 0 ? terminal.paint('dim', line) : line)
  }
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length
}
