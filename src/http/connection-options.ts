/** The options of Connection, as lower-case tokens in order. The two usual values cost no allocation. */

import { tokenBytes } from './byte-class.ts'
import { refuse } from './syntax-error.ts'

/** The options of a message without a Connection field. */
export const noOptions: readonly string[] = Object.freeze([])

/** More options than this are refused: each names a field at most. */
const optionCountMax = 200

const keepAliveOnly: readonly string[] = Object.freeze(['keep-alive'])
const closeOnly: readonly string[] = Object.freeze(['close'])

/** Parses one Connection value and adds its options to those of earlier Connection fields. */
export function parseConnectionOptions(value: string, earlier: readonly string[]): readonly string[] {
  if (earlier === noOptions) {
    if (value === 'keep-alive' || value === 'Keep-Alive') return keepAliveOnly
    if (value === 'close') return closeOnly
  }
  const options = [...earlier]
  for (const element of value.split(',')) {
    const option = trimSpaces(element)
    if (option === '') continue
    if (!isToken(option)) refuse('bad-connection-option')
    if (options.length === optionCountMax) refuse('bad-connection-option')
    options.push(option.toLowerCase())
  }
  return options
}

/** Tells whether a text is a token. */
export function isToken(text: string): boolean {
  if (text === '') return false
  for (let at = 0; at < text.length; at++) if (tokenBytes[text.charCodeAt(at)] !== 1) return false
  return true
}

/** Takes spaces and tabs off both ends. String.trim would also take NBSP and other bytes that are text here. */
export function trimSpaces(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isSpace(text.charCodeAt(from))) from++
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--
  return from === 0 && to === text.length ? text : text.slice(from, to)
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09
}
