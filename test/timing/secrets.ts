/**
 * The long form of test/timing/secrets.test.ts: `npm run timing:secrets`, or with a number of probes for each door. Prints
 * t by door, and exits 1 when one is beyond what chance makes of equal times.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { closeHistory, openHistory } from '../../src/history/open-history.ts'
import { compareTimes, T_MAX } from './compare-times.ts'
import { naiveDoor, secretDoors } from './secret-doors.ts'

const probes = Number(process.argv[2] ?? 100_000)
const folder = mkdtempSync(path.join(tmpdir(), 'vedette-timing-'))
const history = await openHistory(folder)
let isTold = false
for (const [name, door] of Object.entries(secretDoors(history))) {
  const t = compareTimes(door, probes)
  isTold ||= Math.abs(t) >= T_MAX
  process.stdout.write(`${name.padEnd(16)} t ${t.toFixed(2).padStart(8)} of ${probes} probes\n`)
}
process.stdout.write(
  `${'a naive compare'.padEnd(16)} t ${compareTimes(naiveDoor(), probes).toFixed(2).padStart(8)}: must be found\n`,
)
closeHistory(history)
rmSync(folder, { recursive: true, force: true })
process.exit(isTold ? 1 : 0)
