import { useInfiniteQuery } from '@tanstack/react-query'
import type { Rejection } from '../../admin/contract.ts'
import { queries } from '../api/queries.ts'
import { Answered } from '../parts/answered.tsx'
import { Empty } from '../parts/empty.tsx'
import { Time } from '../parts/time.tsx'
import { sources } from './sources.ts'

/** The candidates that never came into force, newest first, each with everything that was wrong with it. */
export function RejectedCandidates() {
  const rejections = useInfiniteQuery(queries.rejections)
  return (
    <>
      <Answered query={rejections}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items)
          if (items.length > 0)
            return items.map((rejection) => <Candidate key={rejection.number} rejection={rejection} />)
          return (
            <Empty title="No candidate was ever rejected">
              <p>
                What fails its checks, its tests or its start stands here, with the reasons; it changes nothing in
                force.
              </p>
            </Empty>
          )
        }}
      </Answered>
      {rejections.hasNextPage && (
        <button type="button" onClick={() => void rejections.fetchNextPage()}>
          Show earlier rejections
        </button>
      )}
    </>
  )
}

function Candidate({ rejection: { timeMs, author, source, sha256, problems } }: { readonly rejection: Rejection }) {
  return (
    <article className="card" aria-label={`Rejected, by ${author}: ${problems[0] ?? ''}`}>
      <h2>
        <Time ms={timeMs} />, by {author} <span className="quiet">{sources[source]}</span>
      </h2>
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
      <p className="quiet small">
        SHA-256 of the text: <code className="fingerprint">{sha256}</code>
      </p>
    </article>
  )
}
