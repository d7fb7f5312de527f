import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** One file as the checks see it. */
export interface Source {
  /** From the top of the checkout, with slashes: `src/policy/decide.ts`. */
  readonly path: string
  /** The room it lies in: `policy/`, or the file's own name when it lies in none. */
  readonly room: string
  readonly text: string
  /** The text without comments, lines kept. */
  readonly code: string
  /** Files of ours that it imports, as paths; types and lazy imports included. */
  readonly files: readonly string[]
  /** Packages and parts of Node that it imports. */
  readonly packages: readonly string[]
}

const top = fileURLToPath(new URL('../../', import.meta.url))

/** Reads every TypeScript file below a folder of the checkout. */
export function readSources(folder: string): Source[] {
  return readdirSync(path.join(top, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(top, path.join(entry.parentPath, entry.name)))
    .sort()
    .map((file) => sourceOf(file, readFileSync(path.join(top, file), 'utf8')))
}

/** Makes the checks' view of one file; also used to plant offenders. */
export function sourceOf(file: string, text: string): Source {
  const code = withoutComments(text)
  const names = importsOf(code)
  const files = names.filter((name) => name.startsWith('.')).map((name) => path.join(path.dirname(file), name))
  const packages = names.filter((name) => !name.startsWith('.'))
  return { path: file, room: roomOf(file), text, code, files, packages }
}

/** The room of a path: `src/policy/decide.ts` lies in `policy/`. */
export function roomOf(file: string): string {
  const [, room = '', ...rest] = file.split('/')
  return rest.length === 0 ? room : `${room}/`
}

// A file that is forked or read by its URL is imported as surely as one that is named after `from`.
const importForms = [
  /\bfrom '([^']+)'/g,
  /\bimport '([^']+)'/g,
  /\bimport\('([^']+)'\)/g,
  /new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g,
]

function importsOf(code: string): string[] {
  return importForms.flatMap((form) => [...code.matchAll(form)].map((found) => found[1] as string))
}

/** Blanks comments. Formatted code has them on lines of their own or after a blank, which is all this looks for. */
function withoutComments(text: string): string {
  let inBlock = false
  return text
    .split('\n')
    .map((line) => {
      const trimmed = line.trim()
      if (inBlock || trimmed.startsWith('/*')) {
        inBlock = !trimmed.endsWith('*/')
        return ''
      }
      return trimmed.startsWith('//') ? '' : line.replace(/ \/\/ [^'"`]*$/, '')
    })
    .join('\n')
}
