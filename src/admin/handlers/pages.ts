/** Lists in pages: the cursor of the next page names the last entry of this one, so that new entries shift nothing. */
import { SidecarError } from '../../errors.ts'
import { breathe } from '../breathe.ts'

interface Cut<T> {
  readonly limit: number
  readonly cursorOf: (entry: T) => string
}

/** Makes a page of the first entries; one more than the limit tells that another page follows. */
export function pageOf<T>(
  found: readonly T[],
  { limit, cursorOf }: Cut<T>,
): { items: readonly T[]; next: string | null } {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > limit && last !== undefined ? cursorOf(last) : null }
}

type CutAt<T> = Cut<T> & { readonly cursor: string | undefined }

/** Makes a page of a list that is all there. */
export function pageFrom<T>(all: readonly T[], { cursor, ...cut }: CutAt<T>) {
  const start = startAt(all, { cursor, ...cut })
  return pageOf(all.slice(start, start + cut.limit + 1), cut)
}

/** Makes one of those that match; no more of them are looked for than fill it, and not all in one go. */
export async function pageWhere<T>(
  all: readonly T[],
  { cursor, ...cut }: CutAt<T>,
  matches: (entry: T) => boolean,
): Promise<ReturnType<typeof pageOf<T>>> {
  const found: T[] = []
  const start = startAt(all, { cursor, ...cut })
  for (let at = start; at < all.length && found.length <= cut.limit; at += 1) {
    if (at % PIECE === PIECE - 1) await breathe()
    const entry = all[at] as T
    if (matches(entry)) found.push(entry)
  }
  return pageOf(found, cut)
}

/** What the cursor named may be gone by now; a list in memory then begins anew. */
function startAt<T>(all: readonly T[], { cursor, cursorOf }: CutAt<T>): number {
  return cursor === undefined ? 0 : all.findIndex((entry) => cursorOf(entry) === cursor) + 1
}

/** Entries that are looked at in a quarter of a millisecond. */
const PIECE = 500

/** Reads a cursor that is a number. */
export function numberIn(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw new SidecarError('OPERATOR_BAD_REQUEST', 'the cursor is none of this list')
}
