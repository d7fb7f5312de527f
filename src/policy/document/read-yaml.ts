/**
 * YAML text in, plain value and places out. The rules of this file: a document means exactly what it says, to every
 * reader, so there are no tags, no anchors, no aliases (which also ends alias bombs), no merge keys, no second document
 * and no key twice. Keys are words; `__proto__` is never one, because a later copy of the value could act on it.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLParseError,
} from 'yaml'
import { formatPath, harmless, type Path, type Problem, quote, type Severity } from './problem.ts'

/** A YAML text as a plain value, with a way back from each part of the value to its line. */
export interface YamlText {
  readonly value: unknown
  readonly problems: readonly Problem[]
  readonly problemAt: ProblemAt
}

/** Makes a problem at the value of a path, or at its key; where the path ends early, at the last part that exists. */
export type ProblemAt = (path: Path, message: string, options?: { severity?: Severity; atKey?: boolean }) => Problem

/** Reads YAML text; every problem is in the result, nothing is thrown. */
export function readYaml(text: string, file: string): YamlText {
  const lines = new LineCounter()
  const problemFrom = (offset: number, path: Path, message: string, severity: Severity = 'error'): Problem => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path: formatPath(path), message, severity }
  }
  if (text.length > textMax) {
    const problem = problemFrom(0, [], `the document is longer than ${textMax} characters`)
    return { value: undefined, problems: [problem], problemAt: () => problem }
  }

  // Keys are compared below, in linear time and with the line of the first: the library compares each with each.
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  })
  const problems = document.errors
    .slice(0, syntaxErrorsMax)
    .map((error) => problemFrom(error.pos[0], [], syntaxMessage(error)))
  const places: Places = new Map()
  const walk: Walk = {
    report: (offset, path, message) => void problems.push(problemFrom(offset, path, message)),
    place: (path, place) => void places.set(idOf(path), place),
  }
  const value = toPlain(document.contents as Node | null, [], walk)
  const problemAt: ProblemAt = (path, message, { severity = 'error', atKey = false } = {}) =>
    problemFrom(offsetOf(places, path, atKey), path, message, severity)
  return { value, problems, problemAt }
}

/** The library's words for what an operator can do something about are kept, with nothing a terminal acts upon; two need ours. */
function syntaxMessage({ code, message }: YAMLParseError): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here (---): one file holds one'
  return code === 'RESOURCE_EXHAUSTION' ? 'is nested too deeply to be read' : harmless(message)
}

interface Walk {
  readonly report: (offset: number, path: Path, message: string) => void
  readonly place: (path: Path, place: Place) => void
}

function toPlain(node: Node | null, path: Path, walk: Walk, keyOffset?: number): unknown {
  const offset = node?.range?.[0] ?? keyOffset ?? 0
  // An empty value has no place of its own: the reader has to look at its key.
  const isEmpty = node === null || (isScalar(node) && node.value === null && node.source !== 'null')
  walk.place(path, { key: keyOffset ?? offset, value: isEmpty ? (keyOffset ?? offset) : offset })
  if (node === null) return null
  if (path.length > depthMax) return walk.report(offset, path, `is nested deeper than ${depthMax} levels`)
  if (isAlias(node)) return walk.report(offset, path, `is the alias ${quote(`*${node.source}`)}: write the value out`)
  if ('anchor' in node && node.anchor)
    walk.report(offset, path, `has the anchor ${quote(`&${node.anchor}`)}: write each value out`)
  if (node.tag !== undefined) return walk.report(offset, path, `has the tag ${quote(node.tag)}: write a plain value`)
  if (isMap(node)) return toRecord(node.items as Pair<Node, Node | null>[], path, walk)
  if (isSeq(node)) return node.items.map((item, index) => toPlain(item as Node, [...path, index], walk))
  return isScalar(node) ? node.value : null
}

function toRecord(pairs: readonly Pair<Node, Node | null>[], path: Path, walk: Walk): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  const seen = new Set<string>()
  for (const { key, value } of pairs) {
    const offset = key.range?.[0] ?? 0
    const name = isScalar(key) ? key.value : undefined
    if (typeof name !== 'string') walk.report(offset, path, 'has a key that is not a plain word')
    else if (name === '__proto__') walk.report(offset, [...path, name], 'may not be a key')
    else if (seen.has(name)) walk.report(offset, [...path, name], 'stands twice: keep one')
    else {
      seen.add(name)
      record[name] = toPlain(value, [...path, name], walk, offset)
    }
  }
  return record
}

/** Offsets in the text; an entry of a list has no key and takes its own start for one. */
interface Place {
  readonly key: number
  readonly value: number
}

type Places = Map<string, Place>

function offsetOf(places: Places, path: Path, atKey: boolean): number {
  const place = places.get(idOf(path))
  if (place !== undefined) return atKey ? place.key : place.value
  // What is missing is missing from its parent, and the parent's key is where the reader can add it.
  return path.length === 0 ? 0 : offsetOf(places, path.slice(0, -1), true)
}

function idOf(path: Path): string {
  return path.join('\0')
}

/** After some syntax errors the rest only echo the first. */
const syntaxErrorsMax = 20
/** A ConfigMap cannot hold more either; it bounds the time a hostile upload can take. */
const textMax = 1_048_576
/** No document of ours is deeper than eight levels. */
const depthMax = 32
