/**
 * Changes values of a policy text and leaves everything else as its author wrote it: comments, order, blank lines. What
 * the new text means is judged by whoever parses it next.
 */
import { isDeepStrictEqual } from 'node:util'
import { isCollection, isScalar, parse, parseDocument } from 'yaml'
import { SidecarError } from '../../errors.ts'
import { formatPath, type Path } from './problem.ts'

/** A value to be put at a path; without one the key is taken away. */
export interface Edit {
  readonly path: Path
  readonly value?: unknown
}

/** Applies edits in their order; throws OPERATOR_BAD_REQUEST for a path that leads through what is no mapping or list. */
export function editText(text: string, edits: readonly Edit[]): string {
  const document = parseDocument(text, { strict: true, uniqueKeys: true, keepSourceTokens: true })
  if (document.errors.length > 0) throw bad('the text is no YAML; mend it before values are changed in it')
  for (const { path, value } of edits) {
    const blocked = path.slice(0, -1).findIndex((_, end) => {
      const node = document.getIn(path.slice(0, end + 1), true)
      return node !== undefined && node !== null && !isCollection(node) && !isNull(node)
    })
    if (blocked >= 0) throw bad(`${formatPath(path)} leads through ${formatPath(path.slice(0, blocked + 1))}, a value`)
    put(document, { path, value })
  }
  return withLinesOf(text, document.toString({ lineWidth: 0, flowCollectionPadding: false }))
}

/**
 * The writer spaces everything in its own way. A line that differs from one of the author's in nothing but that stays as
 * the author wrote it, so that a diff shows what was changed and nothing else.
 */
function withLinesOf(before: string, written: string): string {
  const own = Map.groupBy(before.split('\n').reverse(), withoutSpacing)
  const lines = written.split('\n').map((line) => own.get(withoutSpacing(line))?.pop() ?? line)
  const restored = lines.join('\n')
  // Spaces inside of quotes mean something: where putting lines back would change a value, nothing is put back.
  return isDeepStrictEqual(parse(restored), parse(written)) ? restored : written
}

/** What a line says and how far it is indented. */
function withoutSpacing(line: string): string {
  return `${/^ */.exec(line)?.[0].length ?? 0}:${line.replaceAll(/\s/g, '')}`
}

function put(document: ReturnType<typeof parseDocument>, { path, value }: Edit): void {
  const parent = document.getIn(path.slice(0, -1), true)
  if (value === undefined) return isCollection(parent) ? void document.deleteIn(path) : undefined
  for (const end of path.slice(1).keys()) {
    const before = path.slice(0, end + 1)
    if (isNull(document.getIn(before, true))) document.setIn(before, document.createNode({}))
  }
  // A comment behind a value belongs to its node, so the node stays where only its value changes.
  const node = document.getIn(path, true)
  if (isScalar(node) && (typeof value !== 'object' || value === null)) node.value = value
  else document.setIn(path, document.createNode(value))
}

/** A key with nothing behind it, which a value may be put under. */
function isNull(node: unknown): boolean {
  return typeof node === 'object' && node !== null && 'value' in node && node.value === null
}

function bad(message: string): SidecarError {
  return new SidecarError('OPERATOR_BAD_REQUEST', message)
}
