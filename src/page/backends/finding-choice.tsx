interface FindingChoiceProps {
  readonly known: readonly string[]
  readonly chosen: readonly string[]
  readonly onChoose: (chosen: readonly string[]) => void
}

/** Chooses findings out of all there are. */
export function FindingChoice({ known, chosen, onChoose }: FindingChoiceProps) {
  return (
    <fieldset>
      <legend>Findings to pass over</legend>
      <div className="columns">
        {known.map((name) => (
          <label key={name} className="choice">
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={({ target }) =>
                onChoose(target.checked ? [...chosen, name] : chosen.filter((each) => each !== name))
              }
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
