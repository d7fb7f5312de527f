/**
 * Reads an operator's document: YAML text and a zod schema in, a typed value out, or every problem with its line.
 * Generic on purpose: the policy and vedette.yaml are read by the same few rules and fail with the same words.
 */
import type * as z from 'zod'
import { describeIssue } from './describe-issue.ts'
import { badDocument, type Path, type Problem, type Remark } from './problem.ts'
import { type ProblemAt, readYaml } from './read-yaml.ts'

/** A document that holds to its schema, with the way back from a path to its line. */
export interface LocatedDocument<T> {
  readonly value: T
  readonly problemAt: ProblemAt
}

/** What an examination found: problems sorted by line, and the value as far as it can be read. */
export interface Examination<T> {
  /** What is left without the faulty parts; undefined when that makes no document either. */
  readonly value: T | undefined
  /** The faulty parts that `value` lacks, by their place in the document. */
  readonly left: readonly Path[]
  /** Finds where a part of `value` stands in the document: entries have moved up for those that were left out. */
  readonly placeOf: (path: Path) => Path
  readonly problems: readonly Problem[]
  readonly problemAt: ProblemAt
}

/** Reads a document, or throws OPERATOR_BAD_DOCUMENT with all its problems. */
export function readDocument<S extends z.ZodType>(
  text: string,
  options: { readonly file: string; readonly schema: S },
): LocatedDocument<z.output<S>> {
  const { value, problems, problemAt } = examineDocument(text, options)
  if (value === undefined || problems.length > 0) throw badDocument(problems)
  return { value, problemAt }
}

/** What stands in for the keys no document of its kind can lack, so that a wrong one hides nothing below. */
export type Head = Readonly<Record<string, unknown>>

/** Reads a document as far as it goes and never throws: for a caller that has more to check before it complains. */
export function examineDocument<S extends z.ZodType>(
  text: string,
  { file, schema, head = {} }: { readonly file: string; readonly schema: S; readonly head?: Head },
): Examination<z.output<S>> {
  const { value, problems, problemAt } = readYaml(text, file)
  const placeOf = (path: Path) => path
  // After a syntax error the parser guesses; complaints about its guesses would bury the one that matters.
  if (problems.length > 0) return { value: undefined, left: [], placeOf, problems: byPlace(problems), problemAt }
  const parsed = schema.safeParse(value)
  if (parsed.success) return { value: parsed.data, left: [], placeOf, problems: [], problemAt }
  const remarks = parsed.error.issues.flatMap((issue) => describeIssue(issue, schema, value))
  const described = remarks.map(({ path, message, severity, atKey = false }) =>
    problemAt(path, message, { severity, atKey }),
  )
  return { ...readTheRest(value, { schema, remarks, head }), problems: byPlace(described), problemAt }
}

/** Gives remarks their lines, without repeats and in the order of the document. */
export function locate(remarks: readonly Remark[], problemAt: ProblemAt): Problem[] {
  const located = remarks.map(({ path, message, severity }) => problemAt(path, message, { severity }))
  const unique = new Map(located.map((problem) => [JSON.stringify(problem), problem]))
  return byPlace([...unique.values()])
}

/** Sorts problems as a reader meets them, from the top of the file down. */
export function byPlace(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((one, other) => one.line - other.line || one.column - other.column)
}

/**
 * One bad value must not hide the contradictions elsewhere, so the rest is read again without it. What lacks a part it
 * cannot do without then goes as a whole: a rule without a name, a list without entries.
 */
function readTheRest<S extends z.ZodType>(
  value: unknown,
  { schema, remarks, head }: { readonly schema: S; readonly remarks: readonly Remark[]; readonly head: Head },
) {
  const rest: unknown = structuredClone(value)
  const positions: Positions = new Map()
  const placeOf = (path: Path) => placeIn(rest, path, positions)
  const left: Path[] = []
  let faulty = remarks.map(({ path }) => path)
  for (let round = 0; round < roundsMax; round++) {
    const unique = new Map(faulty.map((path) => [JSON.stringify(path), path]))
    for (const path of [...unique.values()].toSorted(lastFirst)) {
      left.push(placeOf(path))
      remove(rest, path, positions)
    }
    const headed = typeof rest === 'object' && !Array.isArray(rest) ? { ...head, ...rest } : rest
    const parsed = schema.safeParse(headed)
    if (parsed.success) return { value: parsed.data, left, placeOf }
    faulty = parsed.error.issues.map((issue) => (issue.path as Path).slice(0, -1))
  }
  return { value: undefined, left, placeOf }
}

/** Documents are a few levels deep; what is still broken after that is the document as a whole. */
const roundsMax = 4

/** Where the entries of a shortened list stood before. */
type Positions = Map<readonly unknown[], number[]>

function placeIn(value: unknown, path: Path, positions: Positions): Path {
  let at = value
  return path.map((step) => {
    const position = Array.isArray(at) ? positions.get(at)?.[step as number] : undefined
    at = (at as Record<string | number, unknown> | undefined)?.[step]
    return position ?? step
  })
}

/** Entries of a list go from its end, and parts before the whole, so that the paths of those still to go stay true. */
function lastFirst(one: Path, other: Path): number {
  const at = one.findIndex((step, index) => step !== other[index])
  const [mine, theirs] = [one[at], other[at]]
  if (mine === undefined || theirs === undefined) return other.length - one.length
  if (typeof mine === 'number' && typeof theirs === 'number') return theirs - mine
  return String(mine) < String(theirs) ? -1 : 1
}

function remove(value: unknown, path: Path, positions: Positions): void {
  const step = path.at(-1)
  let parent = value
  for (const each of path.slice(0, -1)) parent = (parent as Record<string | number, unknown> | undefined)?.[each]
  if (Array.isArray(parent)) {
    const before = positions.get(parent) ?? [...parent.keys()]
    positions.set(parent, before.toSpliced(step as number, 1))
    parent.splice(step as number, 1)
  } else if (typeof parent === 'object' && parent !== null && step !== undefined) Reflect.deleteProperty(parent, step)
}
