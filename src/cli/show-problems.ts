import { readFileSync } from 'node:fs'
import { asSidecarError } from '../errors.ts'
import { formatProblem, type Problem } from '../policy/document/problem.ts'

/** Takes the problems out of an error; one that has none becomes a problem of the file as a whole. */
export function problemsOf(thrown: unknown, file: string): readonly Problem[] {
  const { message, details } = asSidecarError(thrown)
  if (Array.isArray(details.problems)) return details.problems as Problem[]
  return [{ file, line: 0, column: 0, path: '', message, severity: 'error' }]
}

/** Gives one line of a file, 1-based; undefined where the text is not to be had. */
export type LineOf = (file: string, line: number) => string | undefined

export interface ProblemStyle {
  readonly lineOf: LineOf
  readonly paint: (style: 'red' | 'yellow' | 'dim', text: string) => string
}

/** Words each problem with its line and a caret under the place, as a compiler does. */
export function showProblems(problems: readonly Problem[], { lineOf, paint }: ProblemStyle): string[] {
  return problems.flatMap((problem) => {
    const color = problem.severity === 'error' ? 'red' : 'yellow'
    const line = lineOf(problem.file, problem.line)
    if (line === undefined) return [problem.line === 0 ? withoutPlace(problem) : formatProblem(problem)]
    const number = String(problem.line)
    const { shown, caretAt } = window(line, problem.column)
    return [
      formatProblem(problem),
      paint('dim', `  ${number} | ${shown}`),
      `  ${' '.repeat(number.length)} | ${' '.repeat(caretAt)}${paint(color, '^')}`,
    ]
  })
}

/** Reads lines from the texts at hand (stdin, or what was just read), else from disk. */
export function linesFrom(texts: ReadonlyMap<string, string>): LineOf {
  const split = new Map<string, readonly string[]>()
  return (file, line) => {
    const lines = split.get(file) ?? (texts.get(file) ?? readIfThere(file)).split(/\r?\n/)
    split.set(file, lines)
    return lines[line - 1]
  }
}

/** Flags, variables and whole files have no line. */
function withoutPlace({ file, path, message }: Problem): string {
  return path === '' ? `${file}: ${message}` : `${file}: ${path}: ${message}`
}

const WIDTH = 160

/** Cuts a long line down around the column; a tab would put the caret elsewhere, so it becomes a blank. */
function window(line: string, column: number): { shown: string; caretAt: number } {
  const start = column > WIDTH - 20 ? column - WIDTH / 2 : 0
  const shown = line.slice(start, start + WIDTH).replaceAll(controls, ' ')
  return { shown, caretAt: Math.max(column - 1 - start, 0) }
}

/** A file is shown to somebody's terminal: nothing in it may act there. */
const controls = /\p{Cc}/gu

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
