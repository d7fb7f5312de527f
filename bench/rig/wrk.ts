/** Runs wrk against a contender and reads what it found; any error in a run fails the run. */
import fs from 'node:fs'
import type { Contender } from './contender.ts'
import { runCommand } from './run-command.ts'

export interface WrkFigures {
  readonly requests: number
  readonly seconds: number
  readonly bytes: number
  readonly p50Ms: number
  readonly p99Ms: number
}

// wrk makes the request once when a script sets only wrk.path, so absolute-form costs it nothing per request.
const script = (target: string, host: string) => `
wrk.path = "${target}"
wrk.headers["Host"] = "${host}"
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\\nFIGURES {"requests":%d,"microseconds":%d,"bytes":%d,"errors":%d,"p50":%d,"p99":%d}\\n',
    summary.requests, summary.duration, summary.bytes,
    e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
`

/** Keeps `connections` keep-alive connections busy for `seconds` with GETs of one path. */
export async function runWrk(
  contender: Contender,
  options: { folder: string; path: string; host: string; connections: number; seconds: number },
): Promise<WrkFigures> {
  const scriptPath = `${options.folder}/wrk-${contender.name}.lua`
  fs.writeFileSync(scriptPath, script(contender.requestTarget(options.path), options.host))
  const args = ['-t1', `-c${options.connections}`, `-d${options.seconds}s`, '--timeout', '10s', '-s', scriptPath]
  const result = await runCommand('wrk', [...args, `http://127.0.0.1:${contender.port}`], {
    timeoutMs: (options.seconds + 20) * 1000,
  })
  const line = /^FIGURES (\{.*\})$/m.exec(result.stdout)?.[1]
  if (line === undefined) throw new Error(`wrk against ${contender.name} failed:\n${result.stdout}${result.stderr}`)
  const figures = JSON.parse(line) as Record<string, number>
  if (figures.errors !== 0)
    throw new Error(`wrk against ${contender.name} saw ${figures.errors} errors:\n${result.stdout}`)
  return {
    requests: figures.requests ?? 0,
    seconds: (figures.microseconds ?? 0) / 1e6,
    bytes: figures.bytes ?? 0,
    p50Ms: (figures.p50 ?? 0) / 1e3,
    p99Ms: (figures.p99 ?? 0) / 1e3,
  }
}
