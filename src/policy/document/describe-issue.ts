/**
 * Turns zod's issues into remarks an operator can act on: what was expected, what was found, what was probably meant.
 * Words of zod never reach a reader.
 */
import type * as z from 'zod'
import { didYouMean } from './did-you-mean.ts'
import { type Path, quote, type Remark } from './problem.ts'

type Issue = z.core.$ZodIssue
type Schema = z.core.$ZodType

/** A remark that may concern the key rather than its value. */
export interface IssueRemark extends Remark {
  readonly atKey?: boolean
}

/** Gives the remarks one issue of `schema` makes about `document`: one, or one for each unknown key. */
export function describeIssue(issue: Issue, schema: Schema, document: unknown): IssueRemark[] {
  const path = issue.path as Path
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path)
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `is not a known key${didYouMean(key, known)}`,
      severity: 'error',
      atKey: true,
    }))
  }
  if (issue.code === 'invalid_union') {
    const branch = closestBranch(issue.errors)
    if (branch !== undefined) {
      return branch.flatMap((inner) => describeIssue({ ...inner, path: [...path, ...inner.path] }, schema, document))
    }
  }
  return [{ path, message: describe(issue, valueAt(document, path)), severity: 'error' }]
}

function describe(issue: Issue, value: unknown): string {
  if (hasOwnSentence(issue.code)) return `${issue.message}, found ${quote(value)}${hintOf(issue)}`
  const expected = expectation(issue)
  if (value === undefined) return `is missing: expected ${expected}`
  if (value === null) return `is empty: expected ${expected}${issue.path.length > 0 ? ', or leave the key out' : ''}`
  const meant =
    issue.code === 'invalid_value' && typeof value === 'string' ? didYouMean(value, words(issue.values)) : ''
  return `expected ${expected}, found ${quote(value)}${meant}`
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      // A schema that says what it expects better than its type does has it in the message.
      return /^expected (.*)$/.exec(issue.message)?.[1] ?? typeWords[issue.expected] ?? issue.expected
    case 'invalid_value':
      return issue.values.length === 1 ? quote(issue.values[0]) : `one of ${words(issue.values).join(', ')}`
    case 'invalid_union':
      return issue.errors.map((branch) => (branch[0] === undefined ? 'a value' : expectation(branch[0]))).join(' or ')
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue)}`
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue)}`
    default:
      return issue.message
  }
}

const typeWords: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a mapping',
}

function unitOf({ origin }: { readonly origin: string }): string {
  return { array: ' in the list', string: ' characters' }[origin] ?? ''
}

/** Of the ways a value could have been written, the one it got furthest into: the others would only confuse. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) => issues.some(({ code, path }) => path.length > 0 || hasOwnSentence(code)))
}

/** The schemas of this house give their own sentence wherever the shape alone does not say enough. */
function hasOwnSentence(code: Issue['code']): boolean {
  return code === 'custom' || code === 'invalid_format'
}

function hintOf(issue: Issue): string {
  return issue.code === 'custom' ? String(issue.params?.hint ?? '') : ''
}

function words(values: readonly unknown[]): string[] {
  return values.map(String)
}

function valueAt(document: unknown, path: Path): unknown {
  let value = document
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

/** Walks a schema along a path to the keys known there; the wrappers (default, optional, …) are looked through. */
function keysAt(schema: Schema, path: Path): string[] {
  const def = schema._zod.def as SchemaDef
  const inner = def.innerType ?? def.in
  if (inner !== undefined) return keysAt(inner, path)
  if (def.options !== undefined) return def.options.flatMap((option) => keysAt(option, path))
  const [step, ...rest] = path
  if (step === undefined) return Object.keys(def.shape ?? {})
  const next = def.element ?? def.shape?.[step]
  return next === undefined ? [] : keysAt(next, rest)
}

/** What zod's definitions hold of other schemas, whichever kind they are. */
interface SchemaDef {
  readonly innerType?: Schema
  readonly in?: Schema
  readonly options?: readonly Schema[]
  readonly element?: Schema
  readonly shape?: Readonly<Record<string, Schema>>
}
