/**
 * A line diff in the unified format, pure and bounded: the common head and tail are cut off first, the middle is
 * compared by its longest common subsequence, and a middle too large for that is shown as one replaced block. That
 * is still a correct diff, only not the shortest one.
 */

export interface DiffNames {
  readonly a: string
  readonly b: string
}

/** Describes how text `b` differs from text `a`, with three lines around each change; empty when they are equal. */
export function diffText(a: string, b: string, names: DiffNames): string {
  if (a === b) return ''
  const hunks = hunksOf(editsOf(linesOf(a), linesOf(b)))
  return `--- ${names.a}\n+++ ${names.b}\n${hunks.map(printHunk).join('')}`
}

type Mark = ' ' | '-' | '+'
interface Edit {
  readonly mark: Mark
  /** With its line end, if it has one: a last line with and without one are two different lines. */
  readonly line: string
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function editsOf(a: readonly string[], b: readonly string[]): readonly Edit[] {
  const shorter = Math.min(a.length, b.length)
  let head = 0
  while (head < shorter && a[head] === b[head]) head++
  let tail = 0
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const middle = middleEdits(a.slice(head, a.length - tail), b.slice(head, b.length - tail))
  return [...marked(' ', a.slice(0, head)), ...middle, ...marked(' ', a.slice(a.length - tail))]
}

function middleEdits(a: readonly string[], b: readonly string[]): readonly Edit[] {
  if (a.length === 0 || b.length === 0 || a.length * b.length > cellsMax) return [...marked('-', a), ...marked('+', b)]
  const common = commonLengths(a, b)
  const width = b.length + 1
  const edits: Edit[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      edits.push({ mark: ' ', line: a[i] as string })
      i++
      j++
    } else if ((common[(i + 1) * width + j] as number) >= (common[i * width + j + 1] as number)) {
      edits.push({ mark: '-', line: a[i++] as string })
    } else {
      edits.push({ mark: '+', line: b[j++] as string })
    }
  }
  return [...edits, ...marked('-', a.slice(i)), ...marked('+', b.slice(j))]
}

/** The table of longest common subsequences: cell (i, j) holds the length for the lines from a[i] and b[j] on. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1
  const table = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const here = i * width + j
      table[here] =
        a[i] === b[j]
          ? (table[here + width + 1] as number) + 1
          : Math.max(table[here + width] as number, table[here + 1] as number)
    }
  }
  return table
}

function marked(mark: Mark, lines: readonly string[]): readonly Edit[] {
  return lines.map((line) => ({ mark, line }))
}

interface Hunk {
  readonly startA: number
  readonly startB: number
  readonly edits: readonly Edit[]
}

/** Cuts the edits into hunks: changes closer than twice the context share one. */
function hunksOf(edits: readonly Edit[]): readonly Hunk[] {
  const hunks: Hunk[] = []
  let lineA = 0
  let lineB = 0
  let done = 0
  for (const [from, to] of changedRanges(edits)) {
    for (; done < from; done++) {
      // Between hunks there are only unchanged lines, so both sides move together.
      lineA++
      lineB++
    }
    const inside = edits.slice(from, to)
    hunks.push({ startA: lineA, startB: lineB, edits: inside })
    lineA += inside.filter((edit) => edit.mark !== '+').length
    lineB += inside.filter((edit) => edit.mark !== '-').length
    done = to
  }
  return hunks
}

function changedRanges(edits: readonly Edit[]): readonly [number, number][] {
  const ranges: [number, number][] = []
  for (const [index, edit] of edits.entries()) {
    if (edit.mark === ' ') continue
    const last = ranges.at(-1)
    const to = Math.min(edits.length, index + 1 + contextLines)
    if (last !== undefined && index - contextLines <= last[1]) last[1] = to
    else ranges.push([Math.max(0, index - contextLines), to])
  }
  return ranges
}

function printHunk(hunk: Hunk): string {
  const countA = hunk.edits.filter((edit) => edit.mark !== '+').length
  const countB = hunk.edits.filter((edit) => edit.mark !== '-').length
  return `@@ -${place(hunk.startA, countA)} +${place(hunk.startB, countB)} @@\n${hunk.edits.map(printEdit).join('')}`
}

/** A side without lines is placed after the line before it, which is how patch reads `0,0`. */
function place(start: number, count: number): string {
  const first = count === 0 ? start : start + 1
  return count === 1 ? `${first}` : `${first},${count}`
}

function printEdit(edit: Edit): string {
  return edit.line.endsWith('\n') ? edit.mark + edit.line : `${edit.mark}${edit.line}\n\\ No newline at end of file\n`
}

const contextLines = 3
/** Two middles of 2,000 lines each: 16 MB for the table, some ten milliseconds. */
const cellsMax = 4_000_000
