/** Connections as they end: the newest first, filtered by the words in the address, standing still while one reads. */
import { useState } from 'react'
import type { Connection } from '../../admin/contract.ts'
import { Empty } from '../parts/empty.tsx'
import { Loading } from '../parts/loading.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Screen } from '../parts/screen.tsx'
import { useQueryWord } from '../router/location.ts'
import { describeCount } from '../show/describe-amount.ts'
import { ConnectionDrawer } from './connection-drawer.tsx'
import { ConnectionTable } from './connection-table.tsx'
import { FilterField } from './filter-field.tsx'
import { useLiveConnections } from './use-live-connections.ts'
import '../styles/looks.css'

export function ConnectionsScreen() {
  const [filter, setFilter] = useQueryWord('filter')
  const { live, pause, follow, error, isPending } = useLiveConnections(filter.trim())
  const [opened, open] = useState<Connection>()
  const { shown, waiting, skipped, isPaused } = live
  // With a filter nobody says how many have come: only the API reads filters.
  const followSays = filter.trim() === '' ? `Follow (${waiting.length} new)` : 'Follow'
  return (
    <Screen title="Connections">
      <search className="row looks-filter">
        <FilterField filter={filter} onFilter={setFilter} />
        <button type="button" onClick={isPaused ? follow : pause}>
          {isPaused ? followSays : 'Pause'}
        </button>
      </search>
      <ProblemNote error={error} title="The filter does not say what to show" />
      {skipped > 0 && (
        <p className="quiet">This is a sample: {describeCount(skipped, 'more connection')} passed while you watched.</p>
      )}
      {isPending && <Loading />}
      {error !== null ? null : !isPending && shown.length === 0 ? (
        <Empty title="No connection fits.">
          <p>They appear here as soon as they are over.</p>
        </Empty>
      ) : (
        <ConnectionTable connections={shown} onOpen={open} />
      )}
      {opened !== undefined && <ConnectionDrawer connection={opened} onClose={() => open(undefined)} />}
    </Screen>
  )
}
