import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import type { AuditCheck } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { queries } from '../api/queries.ts'
import { Answered } from '../parts/answered.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { moment } from '../parts/time.tsx'
import { SmallTable } from '../show/small-table.tsx'

/** Who did what, or tried to; each entry holds the hash of the one before. */
export function AuditRecord() {
  const audit = useInfiniteQuery(queries.audit)
  const check = useMutation({ mutationFn: () => ask<AuditCheck>('/audit/check') })
  return (
    <>
      <div className="row">
        <a className="button" href="/api/v1/audit/export" download="vedette-record.ndjson">
          Export the whole record
        </a>
        <button type="button" onClick={() => check.mutate()}>
          Check the chain
        </button>
        <output>
          {check.data?.whole === true && `Whole: ${check.data.entries} entries, head ${check.data.head.slice(0, 12)}`}
          {check.data?.whole === false && <strong className="bad">Broken at entry {check.data.brokenAt}</strong>}
        </output>
      </div>
      <ProblemNote error={check.error} title="The chain could not be checked" />
      <Answered query={audit}>
        {({ pages }) => (
          <SmallTable caption="Record, newest first" titles={['When', 'Who', 'From', 'What', 'To what', 'Outcome']}>
            {pages
              .flatMap(({ items }) => items)
              .map(({ number, timeMs, actor, address, action, subject, outcome }) => (
                <tr key={number}>
                  <td>{moment(timeMs)}</td>
                  <td>{actor}</td>
                  <td>{address}</td>
                  <td>{describeAction(action)}</td>
                  <td>{subject === '' ? '–' : subject}</td>
                  <td className={outcome === 'refused' ? 'bad' : ''}>{outcome}</td>
                </tr>
              ))}
          </SmallTable>
        )}
      </Answered>
      {audit.hasNextPage && (
        <button type="button" onClick={() => void audit.fetchNextPage()}>
          Show earlier entries
        </button>
      )}
    </>
  )
}

/** The name of a request as words: `tryOutBackend` is nothing that operators say. */
function describeAction(action: string): string {
  return action.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
