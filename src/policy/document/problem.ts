/**
 * What is wrong with a document, and where. A reader of several problems mends them in one go, so everything that
 * examines a document collects problems instead of stopping at the first; only `badDocument` turns them into an error.
 */
import { SidecarError } from '../../errors.ts'

/** An error stands in the way of using the document; a warning does not. */
export type Severity = 'error' | 'warning'
/** The way from the root of a document to one of its parts: keys and positions in lists. */
export type Path = readonly (string | number)[]

/** One thing wrong, or doubtful, at one place of a document. */
export interface Problem {
  readonly file: string
  /** 1-based, as editors count; 0 where there are no lines, as in the environment. */
  readonly line: number
  readonly column: number
  /** As a reader would write it: `spec.tls.ciphers[3]`; empty for the document as a whole. */
  readonly path: string
  readonly message: string
  readonly severity: Severity
}

/** A problem that knows its path, but not yet its line: what pure checks of a plain value give. */
export interface Remark {
  readonly path: Path
  readonly message: string
  readonly severity: Severity
  /** Other parts it rests on: it is not made while one of them is faulty, since mending that may settle it. */
  readonly needs?: readonly Path[]
}

/** Makes the one line an operator reads and an editor can jump from: `file:12:7 spec.tls.ciphers[3]: message`. */
export function formatProblem(problem: Problem): string {
  const place = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`
  const subject = problem.path === '' ? place : `${place} ${problem.path}`
  return `${subject}: ${problem.severity === 'warning' ? 'warning: ' : ''}${problem.message}`
}

/** Makes the error that carries every problem; its message is the first one and how many more there are. */
export function badDocument(problems: readonly Problem[]): SidecarError {
  const errors = problems.filter((problem) => problem.severity === 'error')
  const first = errors[0] === undefined ? 'the document is bad' : formatProblem(errors[0])
  const more = errors.length - 1
  const count = more > 0 ? ` (and ${more} more ${more === 1 ? 'problem' : 'problems'})` : ''
  return new SidecarError('OPERATOR_BAD_DOCUMENT', first + count, { details: { problems } })
}

/** Writes a path as a reader would: `rules[0].match[1]`, odd keys quoted. */
export function formatPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (!/^[A-Za-z_][\w-]*$/.test(step)) text += `[${quote(step)}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

/** Shows a value from outside in a message: short, on one line, with nothing a terminal or a log would act upon. */
export function quote(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value !== 'string') return String(value)
  const shown = value.length > shownMax ? `${value.slice(0, shownMax)}…` : value
  return harmless(JSON.stringify(shown))
}

/** Makes of somebody else's sentence one in which nothing is left that a terminal or a log would act upon. */
export function harmless(text: string): string {
  return text.replace(controls, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const shownMax = 80
/** Controls, and what JSON leaves as it is although a terminal or a log reader acts on it: line and direction marks. */
const controls = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu
