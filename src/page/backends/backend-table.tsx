import type { Backend } from '../../admin/contract.ts'
import { Time } from '../parts/time.tsx'
import { Breakable } from '../show/breakable.tsx'
import { type Column, DataTable } from '../show/data-table.tsx'
import { DaysLeft } from '../show/days-left.tsx'
import { nameRule } from '../show/describe-rule.ts'
import { Outcome } from '../show/outcome.tsx'

interface BackendTableProps {
  readonly backends: readonly Backend[]
  readonly onOpen: (backend: string) => void
}

/** One row for each backend; its name opens all that is known of it. */
export function BackendTable({ backends, onOpen }: BackendTableProps) {
  const columns: readonly Column<Backend>[] = [
    {
      title: 'Backend',
      isHead: true,
      cell: ({ backend }) => (
        <button type="button" className="bare as-link" onClick={() => onOpen(backend)}>
          {backend}
        </button>
      ),
    },
    { title: 'Last verdict', cell: ({ outcome }) => <Outcome outcome={outcome} /> },
    { title: 'Findings', cell: ({ findings }) => findings.join(', ') || '–' },
    { title: 'Rule', cell: ({ rule }) => nameRule(rule) },
    { title: 'TLS', cell: (backend) => <Agreed {...backend} /> },
    { title: 'Certificate', cell: ({ notAfterMs }) => <DaysLeft endMs={notAfterMs} /> },
    { title: 'Health', cell: (backend) => <Health {...backend} /> },
    { title: 'Last seen', cell: (backend) => <LastSeen {...backend} /> },
  ]
  return <DataTable caption="Backends" rows={backends} keyOf={({ backend }) => backend} columns={columns} />
}

function Agreed({ protocol, cipher, group }: Pick<Backend, 'protocol' | 'cipher' | 'group'>) {
  if (protocol === '') return '–'
  return (
    <>
      {protocol}
      <span className="quiet small second-line">
        <Breakable name={cipher} />
      </span>
      <span className="quiet small second-line">{group}</span>
    </>
  )
}

function LastSeen({ lastMs, count }: Pick<Backend, 'lastMs' | 'count'>) {
  if (lastMs === null) return 'never'
  return (
    <>
      <Time ms={lastMs} />
      <span className="quiet small second-line">
        {count.toLocaleString('en')} {count === 1 ? 'handshake' : 'handshakes'}
      </span>
    </>
  )
}

function Health({ health, checkEveryMs }: Pick<Backend, 'health' | 'checkEveryMs'>) {
  if (health === null) return <span className="quiet">{checkEveryMs === null ? 'not checked' : 'checked soon'}</span>
  return (
    <>
      <Outcome outcome={health.ok ? 'ok' : 'failing'} />
      <span className="quiet small second-line">{health.detail}</span>
    </>
  )
}
