/** Reads Apache's configuration into scopes: the whole file, and each section with what it inherits from around it. */
import type { ImportContext, SourceText } from './importer.ts'
import { type Assignment, notReadable, readLines, unquote } from './read-lines.ts'

/** Directives that hold together, by lower-case name; the last one said comes last. */
export interface ApacheScope {
  readonly own: readonly Assignment[]
  readonly directives: ReadonlyMap<string, readonly Assignment[]>
}

/** Reads all scopes, the outermost first. Throws OPERATOR_BAD_DOCUMENT where sections do not close. */
export function readApacheScopes(source: SourceText, context: ImportContext): readonly ApacheScope[] {
  const main: OpenScope = { section: '', own: [], line: 0, depth: 0, outer: undefined }
  const scopes = [main]
  let current = main
  for (const line of readLines(source, { comment: /^#/, continues: 'backslash' }, context.place)) {
    const [, closes, section, rest = ''] = /^<(\/?)([\w]+)\s*([^>]*)>?$/.exec(line.text) ?? []
    if (section === undefined) {
      const [, key = '', value = ''] = /^(\S+)\s*(.*)$/.exec(line.text) ?? []
      current.own.push({ ...line, key, value: unquote(value) })
    } else if (closes === '') {
      if (current.depth === depthMax) throw notReadable(line.at, `sections are nested deeper than ${depthMax}`)
      context.tell(line.at, 'taken', 'a section: what stands in it holds for its backends')
      current = {
        section: section.toLowerCase(),
        own: [],
        line: line.at.line,
        depth: current.depth + 1,
        outer: current,
      }
      scopes.push(current)
      if (/^proxy$/i.test(section)) current.own.push({ ...line, key: section, value: unquote(rest) })
    } else {
      if (current.outer === undefined || current.section !== section.toLowerCase()) {
        throw notReadable(line.at, `</${section}> closes no section that is open`)
      }
      context.tell(line.at, 'taken', 'the end of the section')
      current = current.outer
    }
  }
  if (current.outer !== undefined) {
    throw notReadable({ file: source.file, line: current.line }, `the section <${current.section}> is never closed`)
  }
  return scopes.map((scope) => ({ own: scope.own, directives: byName(inherited(scope)) }))
}

/** No configuration is nested as deeply; each level copies what it inherits. */
const depthMax = 32

interface OpenScope {
  readonly section: string
  readonly own: Assignment[]
  readonly line: number
  readonly depth: number
  readonly outer: OpenScope | undefined
}

function inherited({ own, outer }: OpenScope): readonly Assignment[] {
  return outer === undefined ? own : [...inherited(outer), ...own]
}

function byName(assignments: readonly Assignment[]): Map<string, Assignment[]> {
  const directives = new Map<string, Assignment[]>()
  for (const assignment of assignments) {
    const key = assignment.key.toLowerCase()
    directives.set(key, [...(directives.get(key) ?? []), assignment])
  }
  return directives
}
