import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/queries.ts'
import { useDraftText } from '../draft/draft.ts'

interface CandidateChoiceProps {
  readonly against: string
  readonly onAgainst: (against: string) => void
}

/** Chooses what the version in force is compared with: the draft, where there is one, or one of the last versions. */
export function CandidateChoice({ against, onAgainst }: CandidateChoiceProps) {
  const draft = useDraftText()
  const { data: status } = useQuery(queries.status)
  const newest = status?.version?.number ?? 0
  const numbers = Array.from({ length: Math.min(newest, VERSIONS_MAX) }, (_, index) => newest - index)
  return (
    <label className="field looks-filter">
      Compare with
      <select value={against} onChange={({ target }) => onAgainst(target.value)}>
        <option value="">Nothing</option>
        {draft !== null && <option value="draft">The draft</option>}
        {numbers.map((number) => (
          <option key={number} value={number}>
            Version {number}
          </option>
        ))}
      </select>
    </label>
  )
}

const VERSIONS_MAX = 20
