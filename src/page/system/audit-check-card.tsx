import { useQuery } from '@tanstack/react-query'
import { looks } from '../api/looks.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { CopyButton } from '../show/copy-button.tsx'

/** Follows the chain of hashes through the record of who did what. */
export function AuditCheckCard() {
  const { data, error, isFetching, refetch } = useQuery(looks.auditCheck)
  return (
    <section className="card" aria-label="Record">
      <h2>Record</h2>
      <p className="row">
        <button type="button" disabled={isFetching} onClick={() => void refetch()}>
          {isFetching ? 'Checking…' : 'Check the record'}
        </button>
        <a href="/api/v1/audit/export" download="vedette-audit.ndjson">
          Export the record
        </a>
      </p>
      <div role="status">
        {data?.whole === true && (
          <p>
            <span className="good">All {data.entries} entries follow from one another.</span> Newest hash:{' '}
            <code className="fingerprint">{data.head}</code> <CopyButton text={data.head} what="the newest hash" />
          </p>
        )}
        {data?.whole === false && <p className="bad">Entry {data.brokenAt} does not follow from the one before.</p>}
      </div>
      <ProblemNote error={error} />
    </section>
  )
}
