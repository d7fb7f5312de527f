/**
 * What one canonical log line costs, printed and put into a chunk: microseconds per line and its size in bytes; the budget is
 * 1.5 µs. Run: node bench/micro/access-line.ts
 */

import { createAccessLog } from '../../src/observe/access-line.ts'
import { type AccessRecord, emptyAccessRecord } from '../../src/observe/access-record.ts'
import { createLineWriter } from '../../src/observe/line-writer.ts'

const lines = Number(process.argv[2] ?? 300_000)
const ROUNDS = 5
const record = typical()
let bytes = 0
const writer = createLineWriter({
  destination: {
    write: (chunk, done) => {
      bytes += chunk.length
      done()
    },
    on: () => {},
  },
})

for (const format of ['json', 'ecs', 'pretty'] as const) {
  const recordAccess = createAccessLog({ format, level: 'info', writer })
  measure(format, () => recordAccess(record))
}

function measure(name: string, once: () => void): void {
  let best = Number.POSITIVE_INFINITY
  const before = bytes
  for (let round = 0; round < ROUNDS; round++) {
    const started = process.cpuUsage()
    for (let n = 0; n < lines; n++) {
      vary(n)
      once()
    }
    const { user, system } = process.cpuUsage(started)
    best = Math.min(best, (user + system) / lines)
  }
  const size = (bytes - before) / (ROUNDS * lines)
  process.stdout.write(`${name}: ${best.toFixed(2)} µs per line of ${size.toFixed(0)} bytes\n`)
}

function vary(n: number): void {
  record.timeMs = 1_795_000_000_000 + n * 0.37
  record.requestId = `3-${n.toString(36)}`
  record.callerPort = 30_000 + (n % 20_000)
  record.bytesIn = n % 70_000
  record.firstByteMs = (n % 977) / 7
  record.totalMs = (n % 991) / 6
}

function typical(): AccessRecord {
  return Object.assign(emptyAccessRecord(), {
    method: 'GET',
    scheme: 'http',
    host: 'mail.corp.example',
    port: 443,
    caller: '127.0.0.1',
    address: '192.0.2.17',
    version: 9,
    generation: 12,
    rule: 'exchange',
    verdict: 'trusted',
    status: 200,
    bytesOut: 321,
    reused: true,
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    group: 'X25519MLKEM768',
    sni: 'mail.corp.example',
  } satisfies Partial<AccessRecord>)
}
