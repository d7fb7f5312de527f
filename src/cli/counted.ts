/** Counts things in words: `1 warning`, `2 warnings`, `0 entries`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
