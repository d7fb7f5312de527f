/** A process of its own that writes numbered lines to standard output: a letter and a count are its arguments. */

import { setImmediate } from 'node:timers/promises'
import { writeToStandardOutput } from '../../src/observe/standard-output.ts'

const [letter = 'a', count = '0', exit] = process.argv.slice(2)
const writer = writeToStandardOutput()
for (let n = 0; n < Number(count); n++) {
  writer.write(`${letter} ${n} ${letter.repeat(50 + ((n * 37) % 900))}\n`)
  // Lets the chunks go out in between, as the turns of a serving process do.
  if (n % 100 === 0) await setImmediate()
}
process.stderr.write(`dropped ${writer.dropped()}\n`)
if (exit === 'exit') process.exit(0)
await writer.close()
