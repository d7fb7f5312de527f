/** What the checks of certificates add to a full handshake, in pairs in one run. See bench/README.md. */
import { parseArgs } from 'node:util'
import { type Grade, grades } from '../src/policy/policy.ts'
import { measureHandshakes } from './handshake/measure-handshakes.ts'
import { formatTable, formatTargets, type Row, type Target, writeResults } from './rig/report.ts'
import { median, pairedRatios } from './rig/statistics.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    each: { type: 'string', default: '200' },
    grade: { type: 'string', default: 'webpki' },
    revocation: { type: 'string', default: 'soft' },
    json: { type: 'boolean', default: false },
  },
})
if (!(grades as readonly string[]).includes(values.grade)) throw new Error(`no grade ${values.grade}`)
if (values.revocation !== 'off' && values.revocation !== 'soft') throw new Error(`no mode ${values.revocation}`)

const { revocation } = values
const options = {
  rounds: Number(values.rounds),
  each: Number(values.each),
  grade: values.grade as Grade,
  revocation,
} as const
const costs = await measureHandshakes(options)
const rows = Object.entries(costs).map(
  ([handshake, rounds]): Row => ({
    handshake,
    'µs/handshake': median(rounds),
    'to unchecked': median(pairedRatios(rounds, costs.unchecked)),
  }),
)
const targets: Target[] = [
  {
    name: 'full handshake with all checks, to one without',
    value: median(pairedRatios(costs.checked, costs.unchecked)),
    atMost: 1.15,
  },
]
const path = await writeResults('handshake', { options, costs, targets })
if (values.json) process.stdout.write(`${JSON.stringify({ rows, targets }, null, 2)}\n`)
else process.stdout.write(`${formatTable(rows)}\n\n${formatTargets(targets)}\nwritten to ${path}\n`)
process.exitCode = targets.every(({ value, atMost }) => value <= atMost) ? 0 : 1
