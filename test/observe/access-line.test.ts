import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createAccessLog } from '../../src/observe/access-line.ts'
import { type AccessRecord, emptyAccessRecord } from '../../src/observe/access-record.ts'
import type { AsciiLine } from '../../src/observe/ascii-line.ts'
import type { Level } from '../../src/observe/level.ts'

type Format = 'json' | 'ecs' | 'pretty'

function linesOf(changes: Partial<AccessRecord>, format: Format, options: { level?: Level; color?: boolean } = {}) {
  const lines: string[] = []
  const writer = {
    write: (line: string) => void lines.push(line),
    writeAscii: (line: AsciiLine) => void lines.push(line.toString()),
  }
  createAccessLog({ format, level: 'info', writer, ...options })({ ...allowed, ...changes })
  return lines
}

function jsonOf(changes: Partial<AccessRecord>, format: Format = 'json'): Record<string, unknown> {
  const [line = ''] = linesOf(changes, format)
  assert.match(line, /^[\x20-\x7e]+\n$/)
  return JSON.parse(line) as Record<string, unknown>
}

const allowed: AccessRecord = {
  ...emptyAccessRecord(),
  timeMs: Date.UTC(2026, 10, 20, 16, 22, 1, 7),
  requestId: '3-a',
  method: 'GET',
  scheme: 'http',
  host: 'mail.corp.example',
  port: 443,
  caller: '127.0.0.1',
  callerPort: 40_000,
  address: '192.0.2.7',
  version: 9,
  generation: 12,
  rule: 'exchange',
  verdict: 'trusted',
  status: 200,
  bytesIn: 1000,
  bytesOut: 20,
  reused: true,
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  group: 'X25519',
  sni: 'mail.corp.example',
  connectMs: 0.4,
  tlsMs: 3.25,
  firstByteMs: 12,
  totalMs: 12.0015,
}

const tlsOfAllowed = {
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  group: 'X25519',
  sni: 'mail.corp.example',
  resumed: false,
}

const mismatch: Partial<AccessRecord> = {
  decision: 'deny',
  verdict: 'refused',
  findings: [
    {
      name: 'name-mismatch',
      detail: 'server name mismatch, certificate issued to: [s01-trvlr-001], asked for mail.corp.example',
    },
    { name: 'expired', detail: '3 days ago' },
  ],
  error: 'POLICY_VERDICT_REFUSED',
  message:
    'refused: name-mismatch (server name mismatch, certificate issued to: [s01-trvlr-001]), expired (3 days ago)',
  status: 403,
}

test('an allowed request is one flat line with policy, bytes, TLS facts and phases', () => {
  assert.deepEqual(jsonOf({}), {
    level: 'info',
    time: '2026-11-20T16:22:01.007Z',
    role: 'worker',
    pid: process.pid,
    event: 'request',
    requestId: '3-a',
    message: 'GET mail.corp.example:443 allow',
    entrance: 'proxy',
    kind: 'originate',
    method: 'GET',
    scheme: 'http',
    host: 'mail.corp.example',
    port: 443,
    caller: '127.0.0.1',
    callerPort: 40_000,
    address: '192.0.2.7',
    version: 9,
    generation: 12,
    rule: 'exchange',
    decision: 'allow',
    verdict: 'trusted',
    status: 200,
    bytesIn: 1000,
    bytesOut: 20,
    reused: true,
    tls: {
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      group: 'X25519',
      sni: 'mail.corp.example',
      resumed: false,
    },
    ms: { connect: 0.4, tls: 3.25, firstByte: 12, total: 12.002 },
  })
})

/** What stands where a field of the record is another one; the time and the phases are numbers that never repeat. */
const differing: readonly [changes: Partial<AccessRecord>, line: Record<string, unknown>][] = [
  [{ timeMs: allowed.timeMs + 1000 }, { time: '2026-11-20T16:22:02.007Z' }],
  [{ requestId: '3-b' }, { requestId: '3-b' }],
  [{ method: 'PUT' }, { method: 'PUT', message: 'PUT mail.corp.example:443 allow' }],
  [{ scheme: 'https' }, { scheme: 'https' }],
  [{ host: 'b.test' }, { host: 'b.test', message: 'GET b.test:443 allow' }],
  [{ port: 444 }, { port: 444, message: 'GET mail.corp.example:444 allow' }],
  [{ kind: 'plain' }, { kind: 'plain' }],
  [{ kind: 'connect' }, { kind: 'connect', event: 'tunnel' }],
  [{ entrance: 'socks' }, { entrance: 'socks' }],
  [{ caller: '127.0.0.2' }, { caller: '127.0.0.2' }],
  [{ callerPort: 7 }, { callerPort: 7 }],
  [{ callerProtocol: 'TLSv1.3' }, { callerProtocol: 'TLSv1.3' }],
  [
    { callerWarning: 'doubtful', callerProtocol: 'x' },
    { callerWarning: 'doubtful', callerProtocol: 'x', level: 'warn' },
  ],
  [{ address: '192.0.2.8' }, { address: '192.0.2.8' }],
  [{ version: 10 }, { version: 10 }],
  [{ generation: 13 }, { generation: 13 }],
  [{ rule: 'other' }, { rule: 'other' }],
  [
    { decision: 'allow-untrusted' },
    { decision: 'allow-untrusted', message: 'GET mail.corp.example:443 allow-untrusted', level: 'warn' },
  ],
  [{ verdict: 'allowed' }, { verdict: 'allowed' }],
  [
    { findings: [{ name: 'expired', detail: 'long ago' }], wouldRefuse: true, because: ['report'] },
    { findings: ['expired'], details: ['long ago'], wouldRefuse: true, because: ['report'] },
  ],
  [{ error: 'CALLER_LEFT' }, { error: 'CALLER_LEFT', fault: 'caller', see: 'docs/reasons.md#caller_left' }],
  [{ status: 204 }, { status: 204 }],
  [{ bytesIn: 5 }, { bytesIn: 5 }],
  [{ bytesOut: 6 }, { bytesOut: 6 }],
  [{ reused: false }, { reused: false }],
  [{ protocol: 'TLSv1.2' }, { tls: { ...tlsOfAllowed, protocol: 'TLSv1.2' } }],
  [{ cipher: 'other' }, { tls: { ...tlsOfAllowed, cipher: 'other' } }],
  [{ group: 'P-256' }, { tls: { ...tlsOfAllowed, group: 'P-256' } }],
  [{ sni: 'b.test' }, { tls: { ...tlsOfAllowed, sni: 'b.test' } }],
  [{ resumed: true }, { tls: { ...tlsOfAllowed, resumed: true } }],
]
for (const [changes, line] of differing) {
  test(`a line with another ${Object.keys(changes).join(' and ')} than the lines before says so`, () => {
    const before = jsonOf({})
    jsonOf({})
    assert.deepEqual(jsonOf(changes), { ...before, ...line })
    assert.deepEqual(jsonOf(changes), { ...before, ...line }, 'and again, when it is no longer printed anew')
    assert.deepEqual(jsonOf({}), before)
  })
}

test('the same findings are told with what came of them in each line', () => {
  const findings = [{ name: 'expired', detail: 'long ago' }] as const
  const [report, exception] = [['report'], ['exception']]
  const told = (because: readonly string[], wouldRefuse: boolean) => {
    const line = jsonOf({ findings, verdict: 'allowed', because, wouldRefuse })
    return [line.because, line.wouldRefuse]
  }
  for (let twice = 0; twice < 2; twice += 1) {
    assert.deepEqual(told(report, true), [['report'], true])
    assert.deepEqual(told(report, false), [['report'], false])
    assert.deepEqual(told(exception, true), [['exception'], true])
  }
})

test('lines that tell of many backends in turn say what belongs to each', () => {
  const hosts = Array.from({ length: 9 }, (_, n) => `b${n}.test`)
  for (let round = 0; round < 3; round += 1) {
    for (const host of hosts) assert.equal(jsonOf({ host, sni: host, address: host }).address, host)
  }
})

test('a wrong name is said in the sentence people search for, with all findings and whose fault it is', () => {
  const line = jsonOf(mismatch)
  assert.match(String(line.message), /server name mismatch, certificate issued to: \[s01-trvlr-001\]/)
  assert.deepEqual(line.findings, ['name-mismatch', 'expired'])
  assert.deepEqual(line.details, [
    'server name mismatch, certificate issued to: [s01-trvlr-001], asked for mail.corp.example',
    '3 days ago',
  ])
  assert.deepEqual(
    [line.level, line.error, line.fault, line.wouldRefuse],
    ['warn', 'POLICY_VERDICT_REFUSED', 'policy', false],
  )
})

test('what report mode let pass says that it would have been refused, and why it was not', () => {
  const findings = [{ name: 'expired', detail: '3 days ago' }] as const
  const line = jsonOf({
    verdict: 'allowed',
    decision: 'allow-untrusted',
    findings,
    wouldRefuse: true,
    because: ['report'],
  })
  assert.deepEqual([line.wouldRefuse, line.because, line.level], [true, ['report'], 'warn'])
})

test('what did not happen is left out: no address, status, TLS or phases of a caller that was refused at once', () => {
  const broken = {
    ...emptyAccessRecord(),
    decision: 'error',
    error: 'CALLER_BAD_REQUEST',
    message: 'two Host fields',
  } as const
  const line = jsonOf(broken)
  for (const name of ['address', 'status', 'tls', 'verdict', 'findings', 'scheme']) assert.ok(!(name in line), name)
  assert.deepEqual(line.ms, { total: 0 })
  assert.deepEqual([line.message, line.fault], ['two Host fields', 'caller'])
})

test('the level of a line is that of its error, and lines below the asked level are not written', () => {
  const cases: readonly [Partial<AccessRecord>, Level][] = [
    [{}, 'info'],
    [{ decision: 'allow-untrusted' }, 'warn'],
    [{ decision: 'deny', error: 'POLICY_UNLISTED' }, 'warn'],
    [{ decision: 'error', error: 'INTERNAL_ERROR' }, 'error'],
    [{ error: 'CALLER_LEFT' }, 'info'],
  ]
  for (const [changes, level] of cases) assert.equal(jsonOf(changes).level, level)
  assert.deepEqual(linesOf({}, 'json', { level: 'warn' }), [])
  assert.equal(linesOf({ decision: 'deny' }, 'json', { level: 'warn' }).length, 1)
})

test('a tunnel is an event of its own', () => {
  assert.equal(jsonOf({ kind: 'connect' }).event, 'tunnel')
  assert.equal(jsonOf({ kind: 'upgrade' }).event, 'tunnel')
  assert.equal(jsonOf({ kind: 'plain' }).event, 'request')
})

test('the ECS line uses ECS names, and our own words under vedette', () => {
  const line = jsonOf(mismatch, 'ecs')
  assert.equal(line['@timestamp'], '2026-11-20T16:22:01.007Z')
  assert.equal(line['log.level'], 'warn')
  assert.deepEqual(line.event, {
    kind: 'event',
    category: ['network'],
    type: ['connection', 'denied'],
    action: 'originate',
    outcome: 'failure',
    reason: 'name-mismatch expired',
    reference: 'docs/reasons.md#policy_verdict_refused',
    duration: 12_001_500,
  })
  assert.deepEqual(line.client, { ip: '127.0.0.1', port: 40_000, bytes: 20 })
  assert.deepEqual(line.destination, { domain: 'mail.corp.example', port: 443, ip: '192.0.2.7', bytes: 1000 })
  assert.deepEqual(line.tls, {
    version: '1.3',
    version_protocol: 'tls',
    cipher: 'TLS_AES_256_GCM_SHA384',
    curve: 'X25519',
    client: { server_name: 'mail.corp.example' },
    established: false,
    resumed: false,
  })
  assert.deepEqual(line.rule, { name: 'exchange', version: '9' })
  const vedette = line.vedette as Record<string, unknown>
  assert.deepEqual([vedette.decision, vedette.fault, vedette.tls_ms], ['deny', 'policy', 3.25])
  assert.deepEqual((jsonOf({}, 'ecs').event as { outcome: string; type: string[] }).type, ['connection', 'allowed'])
})

test('the pretty line reads from left to right and colours only when asked', () => {
  const [plain = ''] = linesOf(mismatch, 'pretty')
  assert.match(
    plain,
    /^16:22:01\.007 DENY +GET mail\.corp\.example:443 {2}403 {2}TLSv1\.3 X25519 {2}rule exchange {2}v9/,
  )
  assert.match(plain, /certificate issued to: \[s01-trvlr-001\].* 12\.002 ms\n$/)
  const [color = ''] = linesOf(mismatch, 'pretty', { color: true })
  assert.ok(color.includes('\x1b[31mDENY'))
})

test('hostile text in any field stays inside its one line, in every format', () => {
  const hostile = fc.string({
    unit: fc.constantFrom('\r', '\n', '\x1b', '\u2028', '"', '\\', '\x9b', 'a', '\u202e', '\0'),
  })
  fc.assert(
    fc.property(hostile, hostile, (one, other) => {
      const changes: Partial<AccessRecord> = {
        method: one,
        host: other,
        caller: one,
        rule: other,
        sni: one,
        group: other,
        requestId: one,
        message: other,
        verdict: 'refused',
        findings: [{ name: 'name-mismatch', detail: one + other }],
      }
      assert.equal(jsonOf(changes).host, other)
      assert.equal((jsonOf(changes, 'ecs').destination as { domain: string }).domain, other)
      const [pretty = ''] = linesOf(changes, 'pretty')
      assert.doesNotMatch(pretty.slice(0, -1), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    }),
  )
})

test('an address of IPv6 is bracketed in sentences and bare in its field', () => {
  const line = jsonOf({ host: '::1' })
  assert.deepEqual([line.host, line.message], ['::1', 'GET [::1]:443 allow'])
})
