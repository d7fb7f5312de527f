/**
 * The long form of the differential check: `npm run fuzz:http`, or with a number of messages and a seed,
 * `node test/fuzz/http-differential.ts 1000000 7`. Every round makes one stream from its own seed, half of them
 * valid, half mutated, half requests, half responses. Exits 1 at the first disagreement, with what it takes to
 * see it again.
 */

import { compareWithLlhttp } from '../http/compare.ts'
import { generateMutated, generateValid } from '../http/generate.ts'
import type { Side } from '../http/llhttp.ts'
import { Random } from '../http/random.ts'

const streams = Number(process.argv[2] ?? 200_000)
const firstSeed = Number(process.argv[3] ?? Date.now() % 1_000_000_000)

const counts = { streams: 0, requests: 0, responses: 0, agreed: 0, refused: 0, stricter: 0 }
const stricterReasons = new Map<string, number>()
const begun = performance.now()

for (let index = 0; index < streams; index++) {
  const seed = firstSeed + index
  const problem = runOne(seed)
  if (problem === undefined) continue
  process.stdout.write(`disagreement at seed ${seed}: ${problem}\n`)
  process.exit(1)
}

process.stdout.write(
  `${JSON.stringify({ firstSeed, ...counts, seconds: (performance.now() - begun) / 1000 }, null, 2)}\n`,
)
process.stdout.write(`stricter than llhttp, by reason: ${JSON.stringify(Object.fromEntries(stricterReasons))}\n`)

function runOne(seed: number): string | undefined {
  const random = new Random(seed)
  const side: Side = random.once(2) ? 'request' : 'response'
  const mutated = random.once(2)
  const stream = mutated ? generateMutated(random, side) : generateValid(random, side)
  const bytes = Buffer.from(stream, 'latin1')
  const requestMethod = side === 'response' && random.once(6) ? 'HEAD' : 'GET'
  const { disagreement, agreed, reason, stricter } = compareWithLlhttp(bytes, {
    side,
    requestMethod,
    nextSegment: () => 1 + random.below(24),
  })
  counts.streams++
  counts[side === 'request' ? 'requests' : 'responses']++
  counts.agreed += agreed
  if (reason !== undefined) counts.refused++
  if (stricter && reason !== undefined) {
    counts.stricter++
    stricterReasons.set(reason, (stricterReasons.get(reason) ?? 0) + 1)
  }
  const valid = mutated || requestMethod === 'HEAD' || reason === undefined
  const problem = disagreement ?? (valid ? undefined : `a valid message was refused: ${reason}`)
  return problem === undefined ? undefined : `${problem}\n${side} ${JSON.stringify(stream)}`
}
