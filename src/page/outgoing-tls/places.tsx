import type { Place } from '../../admin/contract.ts'

interface PlacesProps {
  readonly places: readonly Place[]
  /** Leads to a line; left out where no text is shown. */
  readonly goTo?: (line: number) => void
}

/** What is wrong or doubtful in a policy text, each with its line; what is only doubtful stands apart. */
export function Places({ places, ...rest }: PlacesProps) {
  const of = (wanted: Place['severity']) => places.filter(({ severity }) => severity === wanted)
  return (
    <>
      <Notes title="Errors of the policy" look="note-error" places={of('error')} {...rest} />
      <Notes title="Warnings of the policy" look="note-doubtful" places={of('warning')} {...rest} />
    </>
  )
}

interface NotesProps extends PlacesProps {
  readonly title: string
  readonly look: string
}

function Notes({ title, look, places, goTo }: NotesProps) {
  if (places.length === 0) return null
  return (
    <section className={`note ${look}`} aria-label={title}>
      <ul>
        {places.map(({ path, message, line, severity }) => (
          <li key={`${line} ${path} ${message}`}>
            {severity === 'error' ? 'Error' : 'Warning'}, {goTo === undefined || line === 0 ? `line ${line}` : null}
            {goTo !== undefined && line > 0 && (
              <button type="button" className="bare as-link" onClick={() => goTo(line)}>
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
