/**
 * A table whose rows can be many and wide: it scrolls by itself, is reached by keyboard, and has its caption as its name.
 */
import type { ReactNode } from 'react'

export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => ReactNode
  /** The column that names the row. */
  readonly isHead?: boolean
  readonly isNumber?: boolean
}

interface DataTableProps<T> {
  readonly caption: string
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string
  readonly columns: readonly Column<T>[]
}

export function DataTable<T>({ caption, rows, keyOf, columns }: DataTableProps<T>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="table-frame" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" className={isNumber ? 'number' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <Cell key={column.title} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Cell<T>({ column: { cell, isHead, isNumber }, row }: { readonly column: Column<T>; readonly row: T }) {
  if (isHead) return <th scope="row">{cell(row)}</th>
  return <td className={isNumber ? 'number' : undefined}>{cell(row)}</td>
}
