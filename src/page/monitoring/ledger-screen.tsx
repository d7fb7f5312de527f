/** The ledger of untrusted servers: whoever was last seen as anything but trusted, with the way out for each. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Sighting } from '../../admin/contract.ts'
import { looks } from '../api/looks.ts'
import { ExceptionForm } from '../backends/exception-form.tsx'
import { isMendedByTrust } from '../backends/suggest-fix.ts'
import { Answered } from '../parts/answered.tsx'
import { Empty } from '../parts/empty.tsx'
import { Reasons } from '../parts/reason.tsx'
import { Screen } from '../parts/screen.tsx'
import { Time } from '../parts/time.tsx'
import { Link } from '../router/link.tsx'
import { useMay } from '../session/session-context.ts'
import { type Column, DataTable } from '../show/data-table.tsx'
import { Outcome } from '../show/outcome.tsx'
import { TrustShown } from './trust-shown.tsx'
import '../styles/looks.css'

export function LedgerScreen() {
  const sightings = useQuery({ ...looks.sightings, refetchInterval: 5000 })
  const [excepted, except] = useState<Sighting>()
  const [trusted, trust] = useState<Sighting>()
  const mayChange = useMay('operator')
  return (
    <Screen title="Untrusted servers">
      <Answered query={sightings}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Every backend was trusted when it was last seen.">
              <p>
                <Link to="/backends">Backends</Link> has what each of them showed.
              </p>
            </Empty>
          ) : (
            <DataTable
              caption="Untrusted servers"
              rows={items}
              keyOf={({ id }) => id}
              columns={columns(mayChange ? { except, trust } : undefined)}
            />
          )
        }
      </Answered>
      {trusted !== undefined && <TrustShown backend={trusted.backend} onClose={() => trust(undefined)} />}
      {excepted !== undefined && (
        <ExceptionForm
          backend={excepted.backend}
          found={excepted.findings}
          spkiSha256={excepted.spkiSha256}
          onClose={() => except(undefined)}
        />
      )}
    </Screen>
  )
}

interface Acts {
  readonly except: (sighting: Sighting) => void
  readonly trust: (sighting: Sighting) => void
}

function columns(acts: Acts | undefined): readonly Column<Sighting>[] {
  return [
    {
      title: 'Backend',
      isHead: true,
      cell: ({ backend }) => <Link to={`/backends?backend=${encodeURIComponent(backend)}`}>{backend}</Link>,
    },
    { title: 'Verdict', cell: ({ outcome }) => <Outcome outcome={outcome} /> },
    { title: 'Findings', cell: ({ findings }) => <Reasons names={findings} /> },
    { title: 'First', cell: ({ firstMs }) => <Time ms={firstMs} /> },
    { title: 'Last', cell: ({ lastMs }) => <Time ms={lastMs} /> },
    { title: 'Times', isNumber: true, cell: ({ count }) => count.toLocaleString('en') },
    {
      title: 'What to do',
      cell: (sighting) => (
        <span className="row">
          {acts && sighting.spkiSha256 !== '' && isMendedByTrust(sighting.findings) && (
            <button type="button" aria-label={`Trust this… ${sighting.backend}`} onClick={() => acts.trust(sighting)}>
              Trust this…
            </button>
          )}
          {acts && sighting.findings.length > 0 && (
            <button
              type="button"
              aria-label={`Create exception… ${sighting.backend}`}
              onClick={() => acts.except(sighting)}
            >
              Create exception…
            </button>
          )}
          <Link to={`/simulator?destination=${encodeURIComponent(sighting.backend)}`}>Explain</Link>
        </span>
      ),
    },
  ]
}
