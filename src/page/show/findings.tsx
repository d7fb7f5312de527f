import { suggestFix } from '../backends/suggest-fix.ts'
import { Reason } from '../parts/reason.tsx'

interface FindingsProps {
  readonly findings: readonly { readonly name: string; readonly detail: string }[]
  /** Say also what to do about each. */
  readonly withFix?: boolean
}

/** Findings with what was found. The name of a wrong host stands here in the sentence that operators search for. */
export function Findings({ findings, withFix = false }: FindingsProps) {
  if (findings.length === 0) return <p className="quiet">Nothing was found that a policy could mind.</p>
  return (
    <ul className="findings">
      {findings.map(({ name, detail }) => (
        <li key={`${name} ${detail}`}>
          <strong>
            <Reason name={name} />
          </strong>{' '}
          {detail}
          {withFix && <p className="quiet">{suggestFix(name)}</p>}
        </li>
      ))}
    </ul>
  )
}
