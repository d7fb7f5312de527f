/**
 * How one policy document differs from another, in sentences an operator can check a review against. Rules go by their
 * names, lists by what came and went, everything else by what it was and is.
 */
import { formatPath, type Path, quote } from '../document/problem.ts'

/** Describes what would change; empty when both mean the same. Both are documents with defaults filled in. */
export function describeChange(before: unknown, after: unknown): readonly string[] {
  return differences(before, after, []).slice(0, sentencesMax)
}

function differences(before: unknown, after: unknown, path: Path): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key) => differences(before[key], after[key], [...path, key]))
  }
  if (Array.isArray(before) && Array.isArray(after)) return listDifferences(before, after, path)
  const name = called(path)
  if (before === undefined) return [`${name} is new: ${shown(after)}.`]
  if (after === undefined) return [`${name} is gone; it was ${shown(before)}.`]
  return [`${name}: ${shown(before)} → ${shown(after)}.`]
}

function listDifferences(before: readonly unknown[], after: readonly unknown[], path: Path): readonly string[] {
  const [old, now] = [byName(before), byName(after)]
  const name = called(path)
  const gone = [...old.keys()].filter((key) => !now.has(key))
  const added = [...now.keys()].filter((key) => !old.has(key))
  const kept = [...now.keys()].filter((key) => old.has(key))
  const inOrder = [...old.keys()].filter((key) => now.has(key))
  return [
    ...(gone.length > 0 ? [`${name}: removed ${gone.join(', ')}.`] : []),
    ...(added.length > 0 ? [`${name}: added ${added.join(', ')}.`] : []),
    ...(kept.join() === inOrder.join() ? [] : [`${name}: the order changed to ${kept.join(', ')}.`]),
    ...kept.flatMap((key) => differences(old.get(key), now.get(key), [...path, key])),
  ]
}

/** Entries by what a reader calls them: a rule by its name, an exception by its backend, a suite by itself. */
function byName(list: readonly unknown[]): ReadonlyMap<string, unknown> {
  const named = new Map<string, unknown>()
  for (const entry of list) {
    const name = nameOf(entry)
    let key = name
    for (let n = 2; named.has(key); n += 1) key = `${name} (${n})`
    named.set(key, entry)
  }
  return named
}

function nameOf(entry: unknown): string {
  if (!isRecord(entry)) return String(entry)
  const named = entry.name ?? entry.backend ?? entry.destination
  // A destination is written as a text and read into its parts.
  const name = isRecord(named) ? named.authority : named
  return typeof name === 'string' ? name : JSON.stringify(entry).slice(0, 80)
}

function called(path: Path): string {
  return formatPath(path[0] === 'spec' ? path.slice(1) : path)
}

function shown(value: unknown): string {
  if (value === true) return 'on'
  if (value === false) return 'off'
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.map(nameOf).join(', ')
  return isRecord(value) ? JSON.stringify(value) : typeof value === 'string' ? value : quote(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const sentencesMax = 200
