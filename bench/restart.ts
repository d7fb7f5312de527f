/** Changes the policy 100 times under load and counts what was lost; see bench/README.md. */
import os from 'node:os'
import { parseArgs } from 'node:util'
import type { ChangeFigures } from './restart/judge.ts'
import { type RestartReport, runRestart } from './restart/run-restart.ts'
import { formatTable, formatTargets, type Target, writeResults } from './rig/report.ts'
import { median, quantile } from './rig/statistics.ts'

const { values } = parseArgs({
  options: {
    changes: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
    before: { type: 'string', default: '10' },
    tunnels: { type: 'string', default: '500' },
    'tunnel-interval': { type: 'string', default: '1000' },
    'short-tunnels': { type: 'string', default: '5' },
    rate: { type: 'string', default: '1500' },
    connections: { type: 'string', default: '128' },
    fresh: { type: 'string', default: '20' },
    workers: { type: 'string', default: '2' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

const options = {
  changes: Number(values.changes),
  seconds: Number(values.seconds),
  beforeSeconds: Number(values.before),
  tunnels: Number(values.tunnels),
  tunnelIntervalMs: Number(values['tunnel-interval']),
  shortTunnelsPerSecond: Number(values['short-tunnels']),
  rate: Number(values.rate),
  connections: Number(values.connections),
  freshPerSecond: Number(values.fresh),
  workers: Number(values.workers),
  keep: values.keep,
}

const report = await runRestart(options)
const targets = [...targetsOf(report), { name: 'exit status of the instance', value: Number(report.exit), atMost: 0 }]
const path = await writeResults('restart', { options, targets, ...report })
if (values.json) process.stdout.write(`${JSON.stringify({ options, targets, ...report }, null, 2)}\n`)
else process.stdout.write(`${describe(report)}\n\n${formatTargets(targets)}\nwritten to ${path}\n`)
process.exitCode = targets.every(({ value, atMost }) => value <= atMost) ? 0 : 1

function targetsOf({ judgement, generator }: RestartReport): Target[] {
  const atMost = (name: string, value: number, limit: number): Target => ({ name, value, atMost: limit })
  return [
    atMost('failed requests', judgement.failed, 0),
    atMost('requests without a version in the log', judgement.unaccounted, 0),
    atMost('long-lived tunnels dropped', generator.tunnels.dropped, 0),
    atMost('long-lived tunnels never opened', options.tunnels - generator.tunnels.opened, 0),
    atMost('short tunnels failed', generator.tunnels.shortFailed, 0),
    atMost('connections closed while idle', generator.closedIdle, 0),
    atMost('requests under a version older by over 1 s than a command', judgement.stale, 0),
    atMost('requests sent after a command returned that ran under an older version', judgement.afterReturn, 0),
    atMost('requests under an older version than one before on the connection', judgement.backwards, 0),
    atMost('slowest change in force, ms after the command began', worst(judgement.changes), 1_000),
    atMost('requests that were due and could not be sent', generator.notSent, 0),
    atMost('shortfall of requests/s', Math.max(0, options.rate * 0.98 - judgement.requestsPerSecond), 0),
  ]
}

function worst(changes: readonly ChangeFigures[]): number {
  return quantile(
    changes.map(({ inForceMs }) => inForceMs),
    1,
  )
}

function describe({ judgement, generator, processors, exit }: RestartReport): string {
  const { changes, latency } = judgement
  const spread = (values: readonly number[]) => ({
    p50: quantile(values, 0.5),
    p99: quantile(values, 0.99),
    max: quantile(values, 1),
  })
  const rows = [
    { ms: 'command', ...spread(changes.map(({ commandMs }) => commandMs)) },
    { ms: 'in force, from the start of the command', ...spread(changes.map(({ inForceMs }) => inForceMs)) },
    {
      ms: 'small GET, before the changes',
      p50: latency.before.p50Ms,
      p99: latency.before.p99Ms,
      max: latency.before.maxMs,
    },
    {
      ms: 'small GET, during the changes',
      p50: latency.during.p50Ms,
      p99: latency.during.p99Ms,
      max: latency.during.maxMs,
    },
  ]
  const { tunnels } = generator
  return [
    `${changes.length} changes, ${judgement.requests} requests (${judgement.requestsPerSecond.toFixed(0)}/s during), ` +
      `${judgement.failed} failed; exit ${exit}`,
    `${tunnels.opened} tunnels, ${tunnels.dropped} dropped, ${tunnels.echoes} echoes, slowest ${tunnels.slowestMs.toFixed(0)} ms; ` +
      `${tunnels.shortOpened} short tunnels, ${tunnels.shortFailed} failed`,
    `connections closed: ${generator.closedIdle} while idle, ${generator.closedAnnounced} announced; ` +
      `median change in force after ${median(changes.map(({ inForceMs }) => inForceMs)).toFixed(0)} ms`,
    `processors in use during the changes: ${Object.entries(processors)
      .map(([name, share]) => `${name} ${share.toFixed(2)}`)
      .join(', ')} (of ${os.cpus().length})`,
    ...[...judgement.failures, ...tunnels.failures].map((failure) => `  ${failure}`),
    '',
    formatTable(rows),
  ].join('\n')
}
