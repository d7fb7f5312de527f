/**
 * Whether somebody is at the page. What a page asks by itself, with nobody there, must not keep them signed in; and somebody
 * who only reads and scrolls must not be signed out for having asked for nothing.
 */

/** How long somebody counts as there after the last that they did, and how often that is told, in ms. */
export const ATTENDED_MS = 60_000

/** Somebody did something with the page; to open it counts. */
export function noteAct(): void {
  actedMs = performance.now()
}

/** Tells whether somebody did anything within the last minute. */
export function isAttended(): boolean {
  return performance.now() - actedMs < ATTENDED_MS
}

let actedMs = performance.now()
