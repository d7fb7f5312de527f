/** Reads stunnel.conf into its services. What stands before the first section is copied into each, as stunnel does. */
import type { ImportContext, SourceText } from './importer.ts'
import { type Assignment, type Line, notReadable, readLines, splitAssignment } from './read-lines.ts'

/** One service: its settings by lower-case key, those of the whole file first. */
export interface StunnelService {
  readonly name: string
  /** The lines of its own section. */
  readonly own: readonly Line[]
  readonly settings: ReadonlyMap<string, readonly Assignment[]>
}

/** Reads all services; a file without sections is one service. Throws OPERATOR_BAD_DOCUMENT. */
export function readStunnelServices(source: SourceText, context: ImportContext): readonly StunnelService[] {
  const shared: Assignment[] = []
  const sections: { name: string; lines: Line[]; assignments: Assignment[] }[] = []
  for (const line of linesOf(source, context, { left: includesMax, open: [] })) {
    const name = /^\[(.*)\]$/.exec(line.text)?.[1]
    const current = sections.at(-1)
    if (name !== undefined) {
      sections.push({ name: name.trim(), lines: [line], assignments: [] })
      context.tell(line.at, 'taken', `the service ${name.trim()}`)
      continue
    }
    const assignment = splitAssignment(line)
    if (assignment === undefined) throw notReadable(line.at, 'expected [service], key = value or a comment (; or #)')
    if (current === undefined) shared.push(assignment)
    else {
      current.lines.push(line)
      current.assignments.push(assignment)
    }
  }
  const isService = shared.some(({ key }) => /^(client|accept|connect)$/i.test(key))
  if (sections.length === 0 && !isService) return []
  if (sections.length === 0) return [{ name: 'stunnel', own: shared, settings: byKey(shared) }]
  return sections.map(({ name, lines, assignments }) => ({
    name,
    own: lines,
    settings: byKey([...shared, ...assignments]),
  }))
}

/** Included files stand where their include line stands; one that includes itself is not read again. */
const includesMax = 200

function linesOf(
  source: SourceText,
  context: ImportContext,
  includes: { left: number; open: readonly string[] },
): Line[] {
  return readLines(source, { comment: /^[;#]/ }, context.place).flatMap((line) => {
    const folder = /^include\s*=\s*(.*)$/i.exec(line.text)?.[1]
    if (folder === undefined) return [line]
    const isRing = includes.open.includes(folder)
    const files = isRing || includes.left <= 0 ? [] : context.read(folder)
    includes.left -= files.length
    if (isRing) context.tell(line.at, 'ignored', `${folder} is being read already`)
    else if (files.length === 0) context.tell(line.at, 'ignored', `${folder} cannot be read here: import its files too`)
    else context.tell(line.at, 'taken', `reads ${files.map(({ file }) => file).join(', ')}`)
    const before = includes.open
    includes.open = [...before, folder]
    const lines = files.flatMap((file) => linesOf(file, context, includes))
    includes.open = before
    return lines
  })
}

function byKey(assignments: readonly Assignment[]): Map<string, Assignment[]> {
  const settings = new Map<string, Assignment[]>()
  for (const assignment of assignments) {
    const key = assignment.key.toLowerCase()
    settings.set(key, [...(settings.get(key) ?? []), assignment])
  }
  return settings
}
