import type { Status } from '../../admin/contract.ts'
import { Time } from '../parts/time.tsx'

/** The candidate that was refused last: what was wrong with it. It never came into force. */
export function Rejected({ rejection }: { readonly rejection: Status['lastRejection'] }) {
  if (rejection === null) return null
  const { timeMs, author, source, problems } = rejection
  return (
    <details className="note">
      <summary>
        The last candidate that was rejected: <Time ms={timeMs} />, by {author} ({source})
      </summary>
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </details>
  )
}
