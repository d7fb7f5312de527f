/** Runs the cases of bench/cases: ours paired with the peers, in one run, on one machine. See bench/README.md. */
import { parseArgs } from 'node:util'
import { bulkDown } from './cases/bulk-down.ts'
import type { Case, CaseReport } from './cases/case.ts'
import { smallKeepAlive } from './cases/small-keep-alive.ts'
import { formatTable, formatTargets, writeResults } from './rig/report.ts'
import { type ContenderName, contenderNames, startRig } from './rig/rig.ts'

const cases: readonly Case[] = [smallKeepAlive, bulkDown]

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true, default: cases.map(({ name }) => name) },
    contender: { type: 'string', multiple: true, default: contenderNames.filter((name) => name !== 'nginx-buffered') },
    pairs: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})

const chosen = values.case.map((name) => {
  const found = cases.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`no case ${name}; there are: ${cases.map((one) => one.name).join(', ')}`)
  return found
})
const names = values.contender.map((name) => {
  const found = contenderNames.find((candidate) => candidate === name)
  if (found === undefined) throw new Error(`no contender ${name}; there are: ${contenderNames.join(', ')}`)
  return found satisfies ContenderName
})
const options = { pairs: Number(values.pairs), seconds: Number(values.seconds) }

const rig = await startRig(names)
const reports: CaseReport[] = []
try {
  for (const [name, facts] of Object.entries(rig.negotiated)) process.stderr.write(`${name}: ${facts}\n`)
  for (const one of chosen) {
    process.stderr.write(`${one.name}\n`)
    reports.push(await one.run(rig, options))
  }
} finally {
  await rig.stop()
}

const path = await writeResults('run', { options, negotiated: rig.negotiated, reports })
const targets = reports.flatMap((report) => report.targets)
if (values.json) process.stdout.write(`${JSON.stringify({ reports }, null, 2)}\n`)
else {
  for (const { name, rows } of reports) process.stdout.write(`\n${name}\n${formatTable(rows)}\n`)
  process.stdout.write(`\n${formatTargets(targets)}\nwritten to ${path}\n`)
}
process.exitCode = targets.some(({ value, atMost }) => !(value <= atMost)) ? 1 : 0
