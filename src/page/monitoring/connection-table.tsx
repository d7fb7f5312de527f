import { memo } from 'react'
import type { Connection } from '../../admin/contract.ts'
import { Reasons } from '../parts/reason.tsx'
import { formatClock, useTimeZone } from '../parts/time-zone.ts'
import { type Column, DataTable } from '../show/data-table.tsx'
import { describeBytes, describePhase } from '../show/describe-amount.ts'
import { Outcome } from '../show/outcome.tsx'

interface ConnectionTableProps {
  readonly connections: readonly Connection[]
  readonly onOpen: (connection: Connection) => void
}

/** One row for each request or tunnel. Drawn again only when the rows are others: news come every second. */
export const ConnectionTable = memo(function ConnectionTable({ connections, onOpen }: ConnectionTableProps) {
  const zone = useTimeZone()
  const columns: readonly Column<Connection>[] = [
    { title: zone === 'utc' ? 'Time (UTC)' : 'Time', cell: ({ timeMs }) => formatClock(timeMs, zone) },
    {
      title: 'Destination',
      isHead: true,
      cell: (connection) => (
        <button type="button" className="bare as-link" onClick={() => onOpen(connection)}>
          {connection.host === '' ? '(none)' : `${connection.host}:${connection.port}`}
        </button>
      ),
    },
    { title: 'Decision', cell: ({ decision }) => <Outcome outcome={decision} /> },
    { title: 'Reason', cell: (connection) => <Reasons names={reasonsOf(connection)} /> },
    { title: 'Method', cell: ({ method, kind }) => method || kind },
    { title: 'Caller', cell: ({ caller }) => caller },
    { title: 'TLS', cell: ({ protocol, cipher }) => (protocol === '' ? '–' : `${protocol} ${cipher}`) },
    { title: 'Version', isNumber: true, cell: ({ version }) => `v${version}` },
    { title: 'Bytes', isNumber: true, cell: ({ bytesIn, bytesOut }) => describeBytes(bytesIn + bytesOut) },
    { title: 'Took', isNumber: true, cell: ({ ms }) => describePhase(ms.total) },
  ]
  return <DataTable caption="Connections" rows={connections} keyOf={({ id }) => id} columns={columns} />
})

function reasonsOf({ findings, error }: Connection): readonly string[] {
  if (findings.length > 0) return findings.map(({ name }) => name)
  return error === '' ? [] : [error]
}
