/** The state of one list in words and figures, and when to fetch it again. */
import { CLOCK_SKEW_MS, describeTime } from './answer.ts'
import type { ListReading, ReadList } from './read-list.ts'
import { SerialTable } from './serial-table.ts'

/** What the status shows of a list; `waiting` is a file whose issuer has not been seen yet. */
export interface ListState {
  readonly source: string
  readonly state: 'good' | 'expired' | 'not-yet-valid' | 'waiting' | 'bad'
  readonly thisUpdateMs: number | undefined
  readonly nextUpdateMs: number | undefined
  /** How many certificates it names. */
  readonly entries: number
  /** What is wrong; empty when nothing is. A good list may have failed to be fetched again. */
  readonly detail: string
}

/** Describes a list as it stands now. */
export function describeList(told: {
  readonly source: string
  readonly list: ReadList | undefined
  readonly reading?: ListReading
  readonly failure: string | undefined
  readonly nowMs: number
}): ListState {
  const { source, list, reading, failure, nowMs } = told
  if (list === undefined) {
    const isWaiting = reading !== undefined && 'waitsFor' in reading
    const fault = reading !== undefined && 'fault' in reading ? reading.fault : undefined
    const detail = isWaiting ? 'its issuer has not been seen yet' : (failure ?? fault ?? '')
    return { ...nothing, source, state: isWaiting ? 'waiting' : 'bad', detail }
  }
  const { thisUpdateMs, nextUpdateMs, serials } = list
  const entries = new SerialTable(serials).size
  const state = stateOf(list, nowMs)
  const why = state === 'bad' ? 'does not say when it ends (nextUpdate)' : wordOf(state, list)
  return { source, state, thisUpdateMs, nextUpdateMs, entries, detail: [why, failure ?? ''].filter(Boolean).join('; ') }
}

const nothing = { thisUpdateMs: undefined, nextUpdateMs: undefined, entries: 0 }

function stateOf({ thisUpdateMs, nextUpdateMs }: ReadList, nowMs: number): ListState['state'] {
  if (thisUpdateMs > nowMs + CLOCK_SKEW_MS) return 'not-yet-valid'
  if (nextUpdateMs === undefined) return 'bad'
  return nextUpdateMs <= nowMs ? 'expired' : 'good'
}

function wordOf(state: ListState['state'], { thisUpdateMs, nextUpdateMs }: ReadList): string {
  if (state === 'expired') return `has expired on ${describeTime(nextUpdateMs as number)}`
  return state === 'not-yet-valid' ? `is not valid before ${describeTime(thisUpdateMs)}` : ''
}

const MINUTE_MS = 60_000
const HALF_DAY_MS = 43_200_000

/** A list is fetched again when nine tenths of its time are over, at least twice a day and at most once a minute. */
export function refreshAtMs({ thisUpdateMs, nextUpdateMs }: ReadList, nowMs: number): number {
  const end = nextUpdateMs ?? nowMs
  const early = end - (end - thisUpdateMs) / 10
  return Math.max(nowMs + MINUTE_MS, Math.min(early, nowMs + HALF_DAY_MS))
}
