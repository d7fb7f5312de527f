/** Whether exact times are shown in UTC, as the log has them, or in the time of this machine; remembered by the browser. */
import { useSyncExternalStore } from 'react'

export type TimeZone = 'utc' | 'local'

const watchers = new Set<() => void>()

/** Gives the zone that was chosen last; UTC until somebody chooses. */
export function timeZone(): TimeZone {
  return localStorage.getItem(storedAt) === 'local' ? 'local' : 'utc'
}

/** Follows the zone: whoever shows times is drawn again when it changes. */
export function useTimeZone(): TimeZone {
  return useSyncExternalStore((watcher) => {
    watchers.add(watcher)
    return () => watchers.delete(watcher)
  }, timeZone)
}

/** Shows times in another zone, and remembers it. */
export function chooseTimeZone(zone: TimeZone): void {
  localStorage.setItem(storedAt, zone)
  for (const watcher of watchers) watcher()
}

/** Writes a moment to the second, with its zone. */
export function formatMoment(ms: number, zone: TimeZone): string {
  const minutes = offsetMinutes(ms, zone)
  const text = new Date(ms + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ')
  if (zone === 'utc') return `${text} UTC`
  const size = Math.abs(minutes)
  const [hours, rest] = [Math.floor(size / 60), size % 60].map((part) => `${part}`.padStart(2, '0'))
  return `${text} UTC${minutes < 0 ? '−' : '+'}${hours}:${rest}`
}

/** Writes the time of day of a moment, to the second. */
export function formatClock(ms: number, zone: TimeZone): string {
  return formatMoment(ms, zone).slice(11, 19)
}

function offsetMinutes(ms: number, zone: TimeZone): number {
  return zone === 'utc' ? 0 : -new Date(ms).getTimezoneOffset()
}

const storedAt = 'vedette.times'
