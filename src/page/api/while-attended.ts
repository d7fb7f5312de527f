import { ATTENDED_MS, noteAct } from './attendance.ts'

/** Calls back when somebody does something with the page, once a minute at most; gives what stops it. */
export function whileAttended(tell: () => void): () => void {
  let toldMs = performance.now()
  const act = () => {
    noteAct()
    if (performance.now() - toldMs < ATTENDED_MS) return
    toldMs = performance.now()
    tell()
  }
  for (const name of acts) addEventListener(name, act, { capture: true, passive: true })
  return () => {
    for (const name of acts) removeEventListener(name, act, { capture: true })
  }
}

const acts = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const
