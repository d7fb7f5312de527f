/** Reads nginx's configuration: directives that end in `;` and blocks in braces, each with what it inherits. */
import type { ImportContext, SourceText } from './importer.ts'
import { notReadable } from './read-lines.ts'
import type { Place } from './report.ts'

/** One directive. */
export interface Directive {
  readonly name: string
  readonly values: readonly string[]
  readonly at: Place
}

/** A block: its name (`upstream`), what stands behind the name, and what stands in it. */
export interface Block {
  readonly name: string
  readonly values: readonly string[]
  readonly own: readonly Directive[]
  readonly outer: Block | undefined
}

/** Reads all blocks, the outermost first. Throws OPERATOR_BAD_DOCUMENT. */
export function readNginxBlocks(source: SourceText, context: ImportContext): readonly Block[] {
  type Open = Block & { readonly own: Directive[]; readonly line: number }
  let current: Open = { name: '', values: [], own: [], outer: undefined, line: 0 }
  const blocks = [current]
  let words: Word[] = []
  let depth = 0
  for (const word of wordsOf(source.text)) {
    if (!word.isSign) {
      words.push(word)
      continue
    }
    const [first, ...rest] = words
    const line = first?.line ?? word.line
    const at =
      first === undefined ? undefined : context.place(source.file, line, words.map(({ text }) => text).join(' '))
    const values = rest.map(({ text }) => text)
    words = []
    if (word.text === '}') {
      if (at !== undefined || current.outer === undefined)
        throw notReadable({ file: source.file, line }, 'a } stands where no block can end')
      depth--
      current = current.outer as Open
    } else if (first === undefined || at === undefined) {
      throw notReadable({ file: source.file, line }, `a ${word.text} stands where a directive is expected`)
    } else if (word.text === ';') current.own.push({ name: first.text.toLowerCase(), values, at })
    else if (depth === depthMax)
      throw notReadable({ file: source.file, line }, `blocks are nested deeper than ${depthMax}`)
    else {
      depth++
      context.tell(at, 'taken', 'a block: what stands in it holds for its backends')
      current = { name: first.text.toLowerCase(), values, own: [], outer: current, line }
      blocks.push(current)
    }
  }
  const open = words[0]
  if (open !== undefined) throw notReadable({ file: source.file, line: open.line }, 'the directive does not end in ;')
  if (current.outer !== undefined)
    throw notReadable({ file: source.file, line: current.line }, 'the block is never closed')
  return blocks
}

/** No configuration is nested as deeply; each level is a call when a value is looked for. */
const depthMax = 64

/** Finds the values that hold in a block: the nearest ones said. */
export function findDirective(block: Block | undefined, name: string): Directive | undefined {
  if (block === undefined) return undefined
  return block.own.findLast((each) => each.name === name) ?? findDirective(block.outer, name)
}

interface Word {
  readonly text: string
  readonly line: number
  readonly isSign: boolean
}

function wordsOf(text: string): Word[] {
  const words: Word[] = []
  let line = 1
  for (const [token] of text.matchAll(
    /\n|#[^\n]*|[;{}]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:\$\{[^}\n]*\}|[^\s;{}"'])+|["']/gs,
  )) {
    if (token === '\n') line++
    else if (!token.startsWith('#')) {
      const quoted = /^(["']).*\1$/s.test(token) && token.length > 1
      words.push({ text: quoted ? token.slice(1, -1) : token, line, isSign: /^[;{}]$/.test(token) })
      line += token.split('\n').length - 1
    }
  }
  return words
}
