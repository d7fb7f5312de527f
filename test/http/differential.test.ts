/**
 * The short form of the differential check against llhttp; `npm run fuzz:http` is the long one. Fixed seeds:
 * a failure here is the same on every machine, new inputs are the business of the long form.
 */

import assert from 'node:assert/strict'
import test from 'node:test'
import { compareWithLlhttp } from './compare.ts'
import { generateMutated, generateValid } from './generate.ts'
import { Llhttp, type Side } from './llhttp.ts'
import { Random } from './random.ts'

const streamsPerKind = 2500

for (const side of ['request', 'response'] as const satisfies readonly Side[]) {
  test(`valid ${side}s are taken and mean to llhttp what they mean to us`, () => {
    for (let seed = 1; seed <= streamsPerKind; seed++) {
      const random = new Random(seed)
      const { disagreement, reason } = compare(generateValid(random, side), side, random)
      assert.equal(disagreement ?? reason, undefined, `seed ${seed}`)
    }
  })

  test(`mutated ${side}s are refused where llhttp refuses them and end where they end to llhttp`, () => {
    let refused = 0
    let agreed = 0
    for (let seed = 1; seed <= streamsPerKind; seed++) {
      const random = new Random(seed)
      const comparison = compare(generateMutated(random, side), side, random)
      assert.equal(comparison.disagreement, undefined, `seed ${seed}`)
      if (comparison.reason !== undefined) refused++
      agreed += comparison.agreed
    }
    // The mutations must neither spare all messages nor break all of them, or this test would show nothing.
    assert.ok(refused > streamsPerKind / 3, `${refused} refused`)
    assert.ok(agreed > streamsPerKind / 4, `${agreed} agreed`)
  })
}

test('the oracle is strict: it refuses what only a lenient parser takes', () => {
  const lenientOnly = [
    'GET / HTTP/1.1\nHost: a\n\n',
    'GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0 \r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nA: \u0001\r\n\r\n',
  ]
  for (const message of lenientOnly) {
    const llhttp = new Llhttp('request')
    llhttp.feed(Buffer.from(message, 'latin1'))
    assert.notEqual(llhttp.refused, undefined, JSON.stringify(message))
    llhttp.close()
  }
})

function compare(stream: string, side: Side, random: Random) {
  const bytes = Buffer.from(stream, 'latin1')
  return compareWithLlhttp(bytes, { side, nextSegment: () => 1 + random.below(24) })
}
