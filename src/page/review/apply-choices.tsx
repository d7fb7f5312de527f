interface ConnectionsChoiceProps {
  readonly value: 'drain' | 'cut'
  readonly choose: (value: 'drain' | 'cut') => void
}

/** What becomes of connections that began under the version before. */
export function ConnectionsChoice({ value, choose }: ConnectionsChoiceProps) {
  return (
    <fieldset>
      <legend>Connections that are open</legend>
      {choices.map(({ name, says, more }) => (
        <label key={name} className="choice">
          <input type="radio" name="connections" checked={value === name} onChange={() => choose(name)} />
          <span>
            {says}
            <span>{more}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

const choices = [
  { name: 'drain', says: 'Let them finish', more: 'They end by themselves, at the latest after timeouts.drain.' },
  {
    name: 'cut',
    says: 'Cut those that the new version refuses',
    more: 'At once. Connections that the new version would allow go on.',
  },
] as const

interface CommentFieldProps {
  readonly value: string
  readonly write: (value: string) => void
}

/** Why the change is made, for those who read the history. */
export function CommentField({ value, write }: CommentFieldProps) {
  return (
    <label className="field">
      Comment, for the history
      <input value={value} maxLength={2000} onChange={({ target }) => write(target.value)} />
    </label>
  )
}

interface ConfirmChoiceProps {
  /** Milliseconds; 0 when it is to stay without being kept. */
  readonly value: number
  readonly choose: (value: number) => void
}

/** Whether the change reverts by itself unless somebody keeps it. */
export function ConfirmChoice({ value, choose }: ConfirmChoiceProps) {
  return (
    <label className="field">
      Revert unless kept
      <select value={value} onChange={({ target }) => choose(Number(target.value))}>
        {trials.map(([ms, says]) => (
          <option key={ms} value={ms}>
            {says}
          </option>
        ))}
      </select>
    </label>
  )
}

interface RefusalChoiceProps {
  /** The share of refused requests above which the trial ends; 0 when nobody watches. */
  readonly value: number
  readonly choose: (value: number) => void
}

/** Whether a trial ends early because too much is refused under it. */
export function RefusalChoice({ value, choose }: RefusalChoiceProps) {
  return (
    <label className="field">
      Revert at once when refused are
      <select value={value} onChange={({ target }) => choose(Number(target.value))}>
        <option value={0}>any number: only the time counts</option>
        {[0.05, 0.2, 0.5].map((share) => (
          <option key={share} value={share}>
            more than {share * 100} % of at least 20 requests
          </option>
        ))}
      </select>
    </label>
  )
}

const trials = [
  [0, 'Never: the change stays'],
  [10_000, 'after 10 seconds'],
  [60_000, 'after 1 minute'],
  [300_000, 'after 5 minutes'],
  [900_000, 'after 15 minutes'],
  [3_600_000, 'after 1 hour'],
] as const
