/** The checks of tidy.test.ts: each takes files and answers with complaints that say what to do instead. */
import path from 'node:path'
import { everywhere, homes, longFiles, longFunctions, rooms } from './rooms.ts'
import { roomOf, type Source } from './sources.ts'

const FILE_LINES_MAX = 300
const TEST_FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 70

/** Imports must follow the table of rooms. */
export function checkImports(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const room = rooms.find(({ name }) => name === source.room)
    if (room === undefined) return [`${source.path}: ${source.room} is not in the table of rooms (test/tidy/rooms.ts)`]
    return source.files
      .filter((file) => roomOf(file) !== room.name && !room.mayImport.includes(roomOf(file)))
      .map((file) => `${source.path}: ${room.name} may not import ${roomOf(file)}; pass what it needs as an argument`)
  })
}

/**
 * The page knows the API by its types alone: what runs in the control process must not end up in a browser. Of the
 * policy it takes the table of remedies, which is only text.
 */
export function checkPageImports(sources: readonly Source[]): string[] {
  return sources
    .filter(({ room }) => room === 'page/')
    .flatMap(({ path: file, code }) => {
      const away = [
        ...code.matchAll(
          /^(import(?: type)?) (?:(?!\nimport )[\s\S])*? from '(\.\.\/(?:\.\.\/)*(?:admin|policy)\/[^']+)'/gm,
        ),
      ]
      return away
        .filter(([, how, from]) => how !== 'import type' || !from?.endsWith('admin/contract.ts'))
        .filter(([, , from]) => !from?.endsWith('/policy/remedies.ts'))
        .map(([, , from]) => `${file}: takes ${from}; import types of admin/contract.ts and nothing else`)
    })
}

/** Every library may be imported in its home only. */
export function checkLibraries(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    source.packages.flatMap((name) => {
      const library = name.startsWith('node:') || name.startsWith('@') ? name : (name.split('/')[0] as string)
      if (everywhere.includes(library)) return []
      const home = homes[library] ?? homes[library.split('/')[0] as string]
      if (home === undefined) return [`${source.path}: ${library} has no home; choose one in test/tidy/rooms.ts`]
      if (home.includes(source.room)) return []
      return [`${source.path}: ${library} lives in ${home.join(' and ')}; call what they export`]
    }),
  )
}

/** The table allows what is needed and no more, so that a new arrow is always a decision. */
export function checkUnusedArrows(sources: readonly Source[]): string[] {
  return rooms.flatMap(({ name, mayImport }) => {
    const used = sources.filter(({ room }) => room === name).flatMap(({ files }) => files.map(roomOf))
    return mayImport
      .filter((room) => !used.includes(room))
      .map((room) => `${name} imports nothing from ${room}: take the arrow out of test/tidy/rooms.ts`)
  })
}

/** Files must not import each other in a ring. */
export function checkCycles(sources: readonly Source[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      const ring = [...trail.slice(trail.indexOf(file)), file]
      found.push(`${ring.join(' → ')}: move what both need into a third file`)
    }
    if (done.has(file)) return
    done.add(file)
    for (const next of byPath.get(file)?.files ?? []) visit(next, [...trail, file])
  }
  for (const { path: file } of sources) visit(file, [])
  return found
}

const emptyNames = ['index', 'utils', 'helpers', 'common', 'misc', 'manager', 'handler', 'base', 'shared']

/** Files are named after what they hold, in kebab-case, and export by name. */
export function checkShape(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path: file, code }) => {
    const name = path.basename(file).replace(/\.tsx?$/, '')
    const complaints: string[] = []
    if (emptyNames.includes(name))
      complaints.push(`${file}: name the file after what it holds; import from it directly`)
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) complaints.push(`${file}: write the name in kebab-case`)
    if (/^export default\b/m.test(code)) complaints.push(`${file}: no default export; export it by name`)
    return complaints
  })
}

/** Files and functions must fit on a few screens. */
export function checkSizes(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const lines = source.text.trimEnd().split('\n')
    const test = source.path.startsWith('test/')
    const max = test ? TEST_FILE_LINES_MAX : FILE_LINES_MAX
    const complaints: string[] = []
    if (lines.length > max && !(source.path in longFiles)) {
      complaints.push(
        `${source.path}: ${lines.length} lines, ${max} at most; find the room hiding in it and move it out`,
      )
    }
    // A describe() of a test file is a list of cases, not a function; only the product is measured.
    if (!test) complaints.push(...longFunctionsOf(source.path, lines))
    return complaints
  })
}

const control = /^\s*(\} )?(if|for|while|switch|catch|else|do|try|with)\b/

function longFunctionsOf(file: string, lines: readonly string[]): string[] {
  return lines.flatMap((line, start) => {
    const opens = /(\)(: .+)? |=> )\{$/.test(line) && !control.test(line)
    if (!opens) return []
    const indent = /^\s*/.exec(line)?.[0] as string
    const length = lines.slice(start + 1).findIndex((next) => next.startsWith(`${indent}}`)) + 2
    const name = /([#\w]+)\s*(<[^>]*>)?\(/.exec(line)?.[1] ?? line.trim()
    if (length <= FUNCTION_LINES_MAX || `${file} ${name}` in longFunctions) return []
    return [
      `${file}:${start + 1} ${name}() has ${length} lines, ${FUNCTION_LINES_MAX} at most; keep the decisions, name the parts`,
    ]
  })
}

interface BannedWord {
  readonly word: RegExp
  readonly allowed: (source: Source) => boolean
  readonly instead: string
  /** Looked for in comments as well. */
  readonly comments?: true
}

const inTests = (source: Source) => source.path.startsWith('test/')
const inSources = (source: Source) => !inTests(source)
const inRoom =
  (...names: string[]) =>
  (source: Source) =>
    inTests(source) || names.includes(source.room)

const bannedWords: readonly BannedWord[] = [
  { word: /\bprocess\.env\b/, allowed: inRoom('settings/'), instead: 'only settings/ reads the environment' },
  {
    word: /\bprocess\.exit\b/,
    allowed: inRoom('main.ts', 'processes/', 'cli/'),
    instead: 'throw a SidecarError and let the door decide',
  },
  { word: /\bconsole\./, allowed: inTests, instead: 'write to the terminal given to you, or log through observe/' },
  {
    word: /rejectUnauthorized: false/,
    allowed: (source) => inTests(source) || path.basename(source.path).includes('dangerously'),
    instead: 'call the file whose name says dangerously',
  },
  // The demo plays a caller, which brings TLS of its own into a tunnel.
  { word: /\btls\.connect\(/, allowed: inRoom('backend/', 'demo/'), instead: 'dial through backend/' },
  { word: /\b_handle\b/, allowed: inRoom('wire/'), instead: 'ask wire/ for the handle' },
  {
    word: /\b(FIXME|TODO|XXX)\b/,
    allowed: () => false,
    instead: 'finish it, or write down why it may stay',
    comments: true,
  },
  {
    word: /^import (?!type\b).* from 'node:http'/m,
    allowed: inRoom('demo/'),
    instead: "use process.getBuiltinModule('node:http'): the import reads every export, and loads undici for WebSocket",
  },
  { word: /\bas any\b|: any\b/, allowed: () => false, instead: 'say unknown and narrow it' },
  { word: /@ts-(ignore|expect-error|nocheck)/, allowed: () => false, instead: 'mend the type', comments: true },
  { word: /\b(it|test|describe)\.only\(/, allowed: inSources, instead: 'every test runs' },
  {
    word: /await (setTimeout|sleep|delay)\(/,
    allowed: inSources,
    instead: 'wait for what you wait for (an event, a line, a poll with a deadline), not for time',
  },
]

/** The files that speak of banned words because they hold them. */
const about = ['test/tidy.test.ts', 'test/tidy/checks.ts']

/** Words that always mean a shortcut somebody will regret. */
export function checkBannedWords(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => !about.includes(source.path))
    .flatMap((source) =>
      bannedWords
        .filter(({ allowed }) => !allowed(source))
        .flatMap(({ word, instead, comments }) =>
          (comments ? source.text : source.code).split('\n').flatMap((line, index) => {
            const found = word.exec(line)
            return found === null ? [] : [`${source.path}:${index + 1} ${found[0]}: ${instead}`]
          }),
        ),
    )
}

/** What main.ts does not reach, nobody runs. */
/** Where everything begins: the product, what builds the page, and the page in the browser. */
const roots = ['src/main.ts', 'src/page/build.ts', 'src/page/main.tsx']

export function checkDeadFiles(sources: readonly Source[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const reached = new Set<string>()
  const reach = (file: string): void => {
    if (reached.has(file)) return
    reached.add(file)
    for (const next of byPath.get(file)?.files ?? []) reach(next)
  }
  for (const root of roots) reach(root)
  return sources
    .filter(({ path: file }) => !reached.has(file))
    .map(({ path: file }) => `${file}: import it or delete it`)
}
