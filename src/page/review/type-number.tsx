interface TypeNumberProps {
  readonly count: number
  /** What would happen, for one and for several. */
  readonly says: readonly [one: string, many: string]
  readonly value: string
  readonly write: (value: string) => void
}

/** Asks for a number that the reader has to have read; nothing where nothing happens. */
export function TypeNumber({ count, says: [one, many], value, write }: TypeNumberProps) {
  if (count === 0) return null
  return (
    <label className="field bad">
      Type {count} to apply although {count === 1 ? `one ${one}` : `${count} ${many}`}
      <input inputMode="numeric" value={value} onChange={({ target }) => write(target.value)} />
    </label>
  )
}
