/** What becomes of the order when suites are moved: pure lists of names. */

/** The two columns. */
export type Side = 'available' | 'selected'
/** What can be done with suites of a column. */
export type Move = 'add' | 'remove' | 'up' | 'down'

/** Puts names at the end of the list. */
export function add(list: readonly string[], names: readonly string[]): readonly string[] {
  return [...list, ...names.filter((name) => !list.includes(name))]
}

/** Takes names out; one at least has to stay, so the first is left where all would go. */
export function remove(list: readonly string[], names: readonly string[]): readonly string[] {
  const left = list.filter((name) => !names.includes(name))
  return left.length > 0 ? left : list.slice(0, 1)
}

/** Moves names one place towards the top (-1) or the end (1); those at the edge stay, and those behind close up. */
export function shift(list: readonly string[], names: readonly string[], by: -1 | 1): readonly string[] {
  const result = by < 0 ? [...list] : list.toReversed()
  for (const [index, name] of result.entries()) {
    const before = result[index - 1]
    if (index === 0 || before === undefined || !names.includes(name) || names.includes(before)) continue
    result[index - 1] = name
    result[index] = before
  }
  return by < 0 ? result : result.toReversed()
}
