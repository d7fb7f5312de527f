import type { BackendTrial } from '../../admin/contract.ts'
import { DataTable } from '../show/data-table.tsx'
import { Facts } from '../show/facts.tsx'

/** What the backend accepts: a row for each protocol, and how it takes names, large hellos and sessions. */
export function TrialResult({ trial: { matrix } }: { readonly trial: BackendTrial }) {
  const { protocols, suites, groups, serverName, largeHello, staples, resumes, handshakes, complete } = matrix
  return (
    <>
      {!complete && <p className="doubtful">A limit ended the trying: what is missing was not tried.</p>}
      <DataTable
        caption="What it accepts"
        rows={protocols}
        keyOf={(protocol) => protocol}
        columns={[
          { title: 'Protocol', isHead: true, cell: (protocol) => protocol },
          { title: 'Cipher suites, in its order', cell: (protocol) => (suites[protocol] ?? []).join(', ') || 'none' },
        ]}
      />
      <Facts
        facts={[
          ['Groups', groups.join(', ')],
          ['Name sent (SNI)', serverName],
          ['Post-quantum hello', largeHello],
          ['OCSP staple', staples ? 'yes' : 'no'],
          ['Resumes sessions', resumes ? 'yes' : 'no'],
          ['Handshakes made', `${handshakes}`],
        ]}
      />
    </>
  )
}
