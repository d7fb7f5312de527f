import type { Place } from '../../admin/contract.ts'

interface PlacesProps {
  readonly places: readonly Place[]
  /** Leads to a line; left out where no text is shown. */
  readonly goTo?: (line: number) => void
}

/** What is wrong or doubtful in a policy text, each with its line. */
export function Places({ places, goTo }: PlacesProps) {
  if (places.length === 0) return null
  const isWrong = places.some(({ severity }) => severity === 'error')
  return (
    <section className={`note ${isWrong ? 'note-error' : 'note-doubtful'}`} aria-label="Problems of the policy">
      <ul>
        {places.map(({ path, message, line, severity }) => (
          <li key={`${line} ${path} ${message}`}>
            {severity === 'error' ? 'Error' : 'Warning'}, {goTo === undefined || line === 0 ? `line ${line}` : null}
            {goTo !== undefined && line > 0 && (
              <button type="button" onClick={() => goTo(line)}>
                line {line}
              </button>
            )}
            : <code>{path}</code> {message}
          </li>
        ))}
      </ul>
    </section>
  )
}
