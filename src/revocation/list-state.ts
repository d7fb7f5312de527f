/** The state of one list in words and figures, and when to fetch it again. */
import { CLOCK_SKEW_MS, describeTime } from './answer.ts'
import type { ListReading, ReadList } from './read-list.ts'
import { SerialTable } from './serial-table.ts'

/**
 * What the status shows of a list. A file whose issuer has not been seen yet is `waiting`; what came from a distribution
 * point and is not of the issuer it was fetched for is `wrong-issuer`; what cannot be had or used otherwise is `bad`.
 */
export interface ListState {
  readonly source: string
  /** Empty where the bytes do not tell. */
  readonly issuer: string
  readonly state: 'good' | 'expired' | 'not-yet-valid' | 'waiting' | 'wrong-issuer' | 'bad'
  readonly thisUpdateMs: number | undefined
  readonly nextUpdateMs: number | undefined
  /** How many certificates it names. */
  readonly entries: number
  /** What is wrong; empty when nothing is. A good list may have failed to be fetched again. */
  readonly detail: string
}

/** Why there is no list, or no newer one. */
export interface ListFailure {
  readonly state: 'wrong-issuer' | 'bad'
  readonly detail: string
}

/** Describes a file of the folder by what reading it gave. */
export function describeFile(source: string, reading: ListReading, nowMs: number): ListState {
  if ('list' in reading) return describeList({ source, list: reading.list, failure: undefined, nowMs })
  if ('fault' in reading) {
    const { fault: detail, issuerName: issuer = '' } = reading
    return { ...nothing, source, issuer, state: 'bad', detail }
  }
  const detail = 'its issuer has not been seen yet'
  return { ...nothing, source, issuer: reading.waitsFor, state: 'waiting', detail }
}

/** Describes a list as it stands now; without one, `failure` says why and `issuer` whose it should be. */
export function describeList(told: {
  readonly source: string
  readonly list: ReadList | undefined
  readonly issuer?: string
  readonly failure: ListFailure | undefined
  readonly nowMs: number
}): ListState {
  const { source, list, issuer = '', failure, nowMs } = told
  if (list === undefined) return { ...nothing, source, issuer, ...(failure ?? { state: 'bad', detail: '' }) }
  const { issuerName, thisUpdateMs, nextUpdateMs, serials } = list
  const entries = new SerialTable(serials).size
  const state = stateOf(list, nowMs)
  const why = state === 'bad' ? 'does not say when it ends (nextUpdate)' : wordOf(state, list)
  const detail = [why, failure?.detail ?? ''].filter(Boolean).join('; ')
  return { source, issuer: issuerName, state, thisUpdateMs, nextUpdateMs, entries, detail }
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
