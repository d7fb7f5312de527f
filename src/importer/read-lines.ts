/** The small reader that files of `key = value` share: lines without comments, long ones put together again. */

import type { SidecarError } from '../errors.ts'
import { badDocument } from '../policy/document/problem.ts'
import type { ImportContext, SourceText } from './importer.ts'
import type { Place } from './report.ts'

/** How a product writes its lines. */
export interface LineStyle {
  /** What a comment begins with, at the start of a line. */
  readonly comment: RegExp
  /** How a line goes on in the next one. */
  readonly continues?: 'indented' | 'backslash'
}

/** A line that means something. */
export interface Line {
  readonly text: string
  readonly at: Place
}

/** A setting: its name and value as written. */
export interface Assignment extends Line {
  readonly key: string
  readonly value: string
}

/** Reads the lines that mean something; each is registered with the report. */
export function readLines({ file, text }: SourceText, style: LineStyle, place: ImportContext['place']): Line[] {
  const logical: { text: string; line: number }[] = []
  let goesOn = false
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|[\r\n]/)
    .entries()) {
    const isEmpty = raw.trim() === '' || style.comment.test(raw.trim())
    const last = logical.at(-1)
    const belongs: boolean =
      style.continues === 'backslash' ? goesOn : style.continues === 'indented' && /^\s/.test(raw)
    goesOn = style.continues === 'backslash' && /(^|[^\\])(\\\\)*\\$/.test(raw) && (belongs || !isEmpty)
    const piece = goesOn ? raw.slice(0, -1) : raw
    if (belongs && last !== undefined && (!isEmpty || style.continues === 'backslash')) last.text += ` ${piece.trim()}`
    else if (!isEmpty) logical.push({ text: piece.trim(), line: index + 1 })
  }
  return logical
    .filter((each) => each.text.trim() !== '')
    .map((each) => ({ text: each.text.trim(), at: place(file, each.line, each.text) }))
}

/** Splits a line at its first separator; undefined for one that has none or no name in front. */
export function splitAssignment({ text, at }: Line, separator: RegExp = /=/): Assignment | undefined {
  const found = separator.exec(text)
  if (found === null || found.index === 0) return undefined
  const key = text.slice(0, found.index).trim()
  return { text, at, key, value: text.slice(found.index + found[0].length).trim() }
}

/** Takes the quotes off a value that has them at both ends. */
export function unquote(value: string): string {
  return /^(["']).*\1$/s.test(value) && value.length > 1 ? value.slice(1, -1) : value
}

/** Makes the error of a file that is not what it was said to be. */
export function notReadable(
  { file, line }: { readonly file: string; readonly line: number },
  message: string,
): SidecarError {
  return badDocument([{ file, line, column: line === 0 ? 0 : 1, path: '', message, severity: 'error' }])
}
