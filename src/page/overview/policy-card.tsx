import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/queries.ts'
import { Answered } from '../parts/answered.tsx'
import { Time } from '../parts/time.tsx'
import { Link } from '../router/link.tsx'
import { Facts } from '../show/facts.tsx'

/** Which version is in force, who made it, and whether a newer one was refused. */
export function PolicyCard() {
  const status = useQuery(queries.status)
  return (
    <section className="card">
      <h2>Policy</h2>
      <Answered query={status}>
        {({ version, policy, lastRejection, pending, rejected }) => (
          <>
            <Facts
              facts={[
                ['Name', policy.name],
                ['Version', version === null ? '' : `${version.number}`],
                ['Author', version?.author ?? ''],
                ['Comment', version?.comment ?? ''],
                ['From', version?.source ?? ''],
                ['In force', version === null ? '' : <Time key="time" ms={version.timeMs} />],
                ['Waits for confirmation', pending === null ? '' : `version ${pending.version}`],
              ]}
            />
            {rejected !== null && <p className="bad">Rejected: {rejected.message}</p>}
            {rejected === null && lastRejection !== null && (
              <p className="quiet">
                Last rejection <Time ms={lastRejection.timeMs} /> by {lastRejection.author}: {lastRejection.problems[0]}
              </p>
            )}
            <Link to="/history">History</Link>
          </>
        )}
      </Answered>
    </section>
  )
}
