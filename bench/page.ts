/** Holds what being watched costs the traffic, and what the page is like meanwhile; see bench/README.md. */
import { parseArgs } from 'node:util'
import { type PageReport, runPage } from './page/run-page.ts'
import { ratioOf, type Watching, watchings } from './page/windows.ts'
import { formatTable, formatTargets, type Target, writeResults } from './rig/report.ts'
import { median } from './rig/statistics.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '1000' },
    readers: { type: 'string', default: '3' },
    workers: { type: 'string', default: '2' },
    /** `apart`, with a processor of its own in all windows, or `beside` the traffic, for whose processors it competes. */
    browser: { type: 'string', default: 'apart' },
    /** Who watches, in this order. */
    watching: { type: 'string', multiple: true, default: [...watchings] },
    json: { type: 'boolean', default: false },
  },
})

if (values.browser !== 'apart' && values.browser !== 'beside')
  throw new Error(`--browser is apart or beside, not ${values.browser}`)

const chosen = watchings.filter((one) => values.watching.includes(one))
if (!chosen.includes('nobody') || chosen.length !== values.watching.length)
  throw new Error(
    `--watching takes ${watchings.join(', ')}, each once, and nobody among them: all is told against that`,
  )

const options = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  warmUpSeconds: 60,
  settleSeconds: 2,
  connectionsPerSecond: Number(values.rate),
  watchings: chosen,
  readers: Number(values.readers),
  workers: Number(values.workers),
  browserApart: values.browser === 'apart',
}

const report = await runPage(options)
const targets = targetsOf(report)
const path = await writeResults('page', { options, targets, ...report })
if (values.json) process.stdout.write(`${JSON.stringify({ options, targets, ...report }, null, 2)}\n`)
else process.stdout.write(`${describe(report)}\n\n${formatTargets(targets)}\nwritten to ${path}\n`)
process.exitCode = targets.every(({ value, atMost }) => value <= atMost) ? 0 : 1

function targetsOf({ felt, usability, interactiveMs, failures }: PageReport): Target[] {
  const perSecond = median(felt.nobody.map((one) => one.perSecond))
  return [
    {
      name: 'shortfall of connections/s',
      value: Math.max(0, options.connectionsPerSecond * 0.98 - perSecond),
      atMost: 0,
    },
    ...(felt.stream.length > 0 ? [p99Target(felt, 'stream', 'p99 with the stream read')] : []),
    // One beside the traffic takes processors from it, which says nothing of the product: told without a target.
    ...(felt.browser.length > 0 && options.browserApart
      ? [p99Target(felt, 'browser', 'p99 with the live table in a browser')]
      : []),
    ...(felt.use.length > 0 && options.browserApart ? [p99Target(felt, 'use', 'p99 with the live table used')] : []),
    ...(interactiveMs.length > 0
      ? [{ name: 'page can be worked after, ms', value: median(interactiveMs), atMost: 1000 }]
      : []),
    ...(usability.length > 0 ? targetsOfUse(usability) : []),
    { name: 'failed connections', value: failures.length, atMost: 0 },
  ]
}

function p99Target(felt: PageReport['felt'], watching: Watching, name: string): Target {
  const { ratio, within } = ratioOf(felt, watching, 'p99Ms')
  return { name: `${name}, against nobody, within a factor of ${within.toFixed(2)}`, value: ratio, atMost: 1.1 }
}

function targetsOfUse(usability: PageReport['usability']): Target[] {
  const most = (figure: keyof PageReport['usability'][number]) => Math.max(...usability.map((one) => one[figure]))
  return [
    { name: 'longest task of the page, ms', value: most('longestTaskMs'), atMost: 200 },
    { name: 'latest timer of the page, ms', value: most('latestTimerMs'), atMost: 200 },
    { name: 'slowest keystroke to be shown, ms', value: most('slowestKeyMs'), atMost: 200 },
    { name: 'slowest filter to be answered, ms', value: most('slowestFilterMs'), atMost: 1000 },
    { name: 'rows of the table', value: most('rows'), atMost: 200 },
  ]
}

function describe({ felt, shown, failures }: PageReport): string {
  const rows = options.watchings.map((watching) => {
    const of = (figure: keyof (typeof felt)['nobody'][number]) => median(felt[watching].map((one) => one[figure]))
    return {
      watching,
      'connections/s': of('perSecond'),
      'p50 ms': of('p50Ms'),
      'p99 ms': of('p99Ms'),
      'p50 ratio': ratioOf(felt, watching, 'p50Ms').ratio,
      'p99 ratio': ratioOf(felt, watching, 'p99Ms').ratio,
      'within a factor of': ratioOf(felt, watching, 'p99Ms').within,
      'processor ms each': of('processorMs'),
      'processor ratio': ratioOf(felt, watching, 'processorMs').ratio,
    }
  })
  return [
    `${options.rounds} rounds of ${options.seconds} s each; ${shown} connections were shown to one reader of the stream`,
    options.browserApart
      ? 'The browser has the last processor to itself, and everything else the others, whoever watches.'
      : 'The browser takes its share of the same processors, so its ratio says what this machine has to spare.',
    ...failures.slice(0, 5).map((failure) => `  ${failure}`),
    '',
    formatTable(rows),
  ].join('\n')
}
