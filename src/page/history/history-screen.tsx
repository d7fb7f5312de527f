import { Screen } from '../parts/screen.tsx'
import { useQueryWord } from '../router/location.ts'
import { useMay } from '../session/session-context.ts'
import { AuditRecord } from './audit-record.tsx'
import { Timeline } from './timeline.tsx'

/** Everything that was ever in force, what was refused, and who did what. */
export function HistoryScreen() {
  const [view, setView] = useQueryWord('view')
  const isAdmin = useMay('admin')
  const isRecord = isAdmin && view === 'record'
  return (
    <Screen title="History">
      {isAdmin && (
        <fieldset className="row switcher">
          <legend className="only-heard">What to show</legend>
          <button type="button" aria-pressed={!isRecord} onClick={() => setView('')}>
            Versions
          </button>
          <button type="button" aria-pressed={isRecord} onClick={() => setView('record')}>
            Record
          </button>
        </fieldset>
      )}
      {isRecord ? <AuditRecord /> : <Timeline />}
    </Screen>
  )
}
