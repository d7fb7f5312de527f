import { Screen } from '../parts/screen.tsx'
import { useQueryWord } from '../router/location.ts'
import { useMay } from '../session/session-context.ts'
import { AuditRecord } from './audit-record.tsx'
import { RejectedCandidates } from './rejected-candidates.tsx'
import { Timeline } from './timeline.tsx'

/** Everything that was ever in force, what was refused, and who did what. */
export function HistoryScreen() {
  const [view, setView] = useQueryWord('view')
  const isAdmin = useMay('admin')
  const shown = views.find(({ name, least }) => name === view && (least === 'viewer' || isAdmin)) ?? versions
  return (
    <Screen title="History">
      <fieldset className="row switcher">
        <legend className="only-heard">What to show</legend>
        {views
          .filter(({ least }) => least === 'viewer' || isAdmin)
          .map(({ name, title }) => (
            <button key={name} type="button" aria-pressed={shown.name === name} onClick={() => setView(name)}>
              {title}
            </button>
          ))}
      </fieldset>
      <shown.View />
    </Screen>
  )
}

const versions = { name: '', title: 'Versions', least: 'viewer', View: Timeline } as const
const views = [
  versions,
  { name: 'rejected', title: 'Rejected', least: 'viewer', View: RejectedCandidates },
  { name: 'record', title: 'Record', least: 'admin', View: AuditRecord },
] as const
