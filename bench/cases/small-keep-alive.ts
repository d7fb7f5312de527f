/**
 * Small answers over keep-alive: what most of a gateway's traffic looks like. Callers hold 32 plain connections and
 * ask without pause; the figure that counts is the processor time of the proxy for each request, because on one
 * machine the requests per second depend just as much on the load generator and the backend.
 */
import { SMALL_BODY_BYTES } from '../peers/nginx-backend.ts'
import { type Contender, residentBytes, startUsage } from '../rig/contender.ts'
import type { Rig } from '../rig/rig.ts'
import { runWrk } from '../rig/wrk.ts'
import type { Case } from './case.ts'
import { type Figures, measureRounds, reportRounds } from './rounds.ts'

const CONNECTIONS = 32
const WARM_UP_SECONDS = 2
const MICROSECONDS = 1e6
const MEGABYTES = 1024 * 1024

export const smallKeepAlive: Case = {
  name: 'small-keep-alive',
  async run(rig, options) {
    // Compiled code, filled pools and open log files before the first figure, for everybody.
    for (const contender of rig.contenders) await measure(rig, contender, WARM_UP_SECONDS)
    const measured = await measureRounds(rig.contenders, options.pairs, (contender) =>
      measure(rig, contender, options.seconds),
    )
    return reportRounds({
      name: 'small-keep-alive',
      measured,
      ratioOf: 'µs/request',
      limits: { nginx: 1.5, stunnel: 0.8 },
    })
  },
}

async function measure(rig: Rig, contender: Contender, seconds: number): Promise<Figures> {
  const usage = startUsage(contender)
  const load = { folder: rig.folder, path: '/small', host: rig.host, connections: CONNECTIONS, seconds }
  const figures = await runWrk(contender, load)
  const used = usage()
  if (figures.bytes < figures.requests * SMALL_BODY_BYTES) throw new Error(`${contender.name} sent short answers`)
  return {
    'µs/request': (used.seconds / figures.requests) * MICROSECONDS,
    'worker µs': (used.workerSeconds / figures.requests) * MICROSECONDS,
    'user µs': (used.userSeconds / figures.requests) * MICROSECONDS,
    'requests/s': figures.requests / figures.seconds,
    'p50 ms': figures.p50Ms,
    'p99 ms': figures.p99Ms,
    'RSS MB': residentBytes(contender) / MEGABYTES,
  }
}
