/** Adds up a V8 .cpuprofile by function. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  /** Microseconds of the monotonic clock. */
  readonly startTime: number
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface SelfTime {
  readonly name: string
  /** Room, file and line, as in `src/proxy/caller.ts:12`; empty for what is built in. */
  readonly place: string
  readonly selfMs: number
}

/** Self time of every function sampled within a window of the monotonic clock, longest first. */
export function selfTimes(profile: CpuProfile, window: { readonly fromMs: number; readonly toMs: number }): SelfTime[] {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  const byFunction = new Map<string, { name: string; place: string; selfMs: number }>()
  let at = profile.startTime
  for (const [n, node] of profile.samples.entries()) {
    const delta = profile.timeDeltas[n] ?? 0
    at += delta
    const frame = names.get(node)
    if (frame === undefined || at < window.fromMs * 1000 || at > window.toMs * 1000) continue
    const place = placeOf(frame.url, frame.lineNumber)
    const name = frame.functionName || '(anonymous)'
    const entry = byFunction.get(`${name} ${place}`) ?? { name, place, selfMs: 0 }
    entry.selfMs += delta / 1000
    byFunction.set(`${name} ${place}`, entry)
  }
  return [...byFunction.values()].sort((one, other) => other.selfMs - one.selfMs)
}

function placeOf(url: string, line: number): string {
  if (url === '') return ''
  const path = url.replace(/^file:\/\//, '').replace(/^.*\/(?=(src|node_modules)\/)/, '')
  return `${path}:${line + 1}`
}
