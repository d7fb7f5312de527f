import type { ReactNode } from 'react'

interface SmallTableProps {
  /** For who hears the page; a heading beside it says as much to who sees it. */
  readonly caption: string
  readonly titles: readonly string[]
  /** The rows. */
  readonly children: ReactNode
}

/** A table within a card or a dialog, which scrolls sideways by itself; one that fills a screen is a DataTable. */
export function SmallTable({ caption, titles, children }: SmallTableProps) {
  return (
    <div className="scroll">
      <table>
        <caption className="only-heard">{caption}</caption>
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}
