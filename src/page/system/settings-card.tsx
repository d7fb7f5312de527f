import { useQuery } from '@tanstack/react-query'
import { looks } from '../api/looks.ts'
import { Answered } from '../parts/answered.tsx'
import { DataTable } from '../show/data-table.tsx'

/** The settings in force, each with where it came from. They change in their file, not here. */
export function SettingsCard() {
  const settings = useQuery(looks.settings)
  return (
    <details className="card">
      <summary>Settings in force</summary>
      <Answered query={settings}>
        {({ items, file }) => (
          <DataTable
            caption={file === null ? 'Settings, without a file' : `Settings, from ${file}`}
            rows={items}
            keyOf={({ name }) => name}
            columns={[
              { title: 'Setting', isHead: true, cell: ({ name }) => <code>{name}</code> },
              { title: 'Value', cell: ({ value }) => <code>{JSON.stringify(value)}</code> },
              { title: 'From', cell: ({ from, origin }) => (from === 'default' ? 'default' : `${from} ${origin}`) },
            ]}
          />
        )}
      </Answered>
    </details>
  )
}
