import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SidecarError } from '../../src/errors.ts'
import { events } from '../../src/observe/event-names.ts'
import { createLogger, type LoggerOptions } from '../../src/observe/logger.ts'

function collect(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = []
  let flushes = 0
  const destination = { write: (line: string) => void lines.push(line), flush: () => void flushes++ }
  const logger = createLogger({ role: 'control', format: 'json', level: 'info', destination, ...options })
  const only = () => {
    assert.equal(lines.length, 1)
    return JSON.parse(lines[0] ?? '') as Record<string, unknown>
  }
  return { logger, lines, only, flushes: () => flushes }
}

test('an event is one line with its level from the table, ISO time, role and fields, and goes out at once', () => {
  const { logger, only, flushes } = collect()
  logger.event('policy.rejected', 'v9 rejected', { version: 9, problems: ['p.yaml:1:1 bad'] })
  const { time, ...rest } = only()
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.deepEqual(rest, {
    level: 'error',
    role: 'control',
    pid: process.pid,
    event: 'policy.rejected',
    version: 9,
    problems: ['p.yaml:1:1 bad'],
    message: 'v9 rejected',
  })
  assert.equal(flushes(), 1)
})

test('events below the level asked for are not written', () => {
  const { logger, lines } = collect({ level: 'error' })
  logger.event('policy.applied', 'v9 applied')
  assert.deepEqual(lines, [])
  logger.event('policy.rejected', 'v10 rejected')
  assert.equal(lines.length, 1)
})

test('a field cannot pretend to be part of the line', () => {
  const { logger, only } = collect()
  logger.event('policy.applied', 'true message', { message: 'forged', level: 'debug', event: 'x' })
  const line = only()
  assert.deepEqual(
    [line.message, line.message_, line.level, line.event],
    ['true message', 'forged', 'info', 'policy.applied'],
  )
})

test('line ends, escapes and foreign separators in an event stay inside its one ASCII line', () => {
  const { logger, lines, only } = collect()
  const hostile = 'a\r\n{"level":"info"}\x1b[2J\u2028\x9b'
  logger.event('policy.applied', hostile, { [hostile]: hostile })
  assert.match(lines[0] ?? '', /^[\x20-\x7e]+\n$/)
  assert.equal(only().message, hostile)
  const pretty = collect({ format: 'pretty' })
  pretty.logger.event('policy.applied', hostile, { [hostile]: hostile })
  assert.doesNotMatch(pretty.lines[0]?.slice(0, -1) ?? '', /[\p{Cc}\p{Zl}]/u)
})

const canary = 'c4n4ry'
const secrets: readonly [reason: string, fields: Record<string, unknown>][] = [
  ['a field of the caller', { Authorization: `Basic ${canary}` }],
  ['the proxy password', { 'Proxy-Authorization': canary }],
  ['cookies both ways', { cookie: canary, 'set-cookie': [canary] }],
  ['a password however it is named', { keyPassword: canary, PASSWORD: canary, passphrase: canary }],
  ['a key, at any depth', { identity: [{ tls: { key: canary, privateKey: canary } }] }],
  ['a private key inside a text', { note: `-----BEGIN EC PRIVATE KEY-----\n${canary}\n-----END EC PRIVATE KEY-----` }],
  ['a private key cut short', { note: `-----BEGIN PRIVATE KEY-----\n${canary}` }],
  ['the user part of a URL', { url: `http://user:${canary}@host/` }],
  ['the details and the cause of an error', { error: failure() }],
]
for (const [reason, fields] of secrets) {
  test(`secrets stay out of the log: ${reason}`, () => {
    for (const format of ['json', 'ecs', 'pretty'] as const) {
      const { logger, lines } = collect({ format })
      logger.event('internal.error', `see https://me:${canary}@host/`, fields)
      assert.doesNotMatch(lines[0] ?? '', new RegExp(canary))
      assert.match(lines[0] ?? '', /redacted/)
    }
  })
}

function failure(): Error {
  const cause = new Error(`connect http://u:${canary}@h/`)
  return new SidecarError('BACKEND_UNREACHABLE', 'no route', { details: { password: canary }, cause })
}

test('names that only look like secrets are kept', () => {
  const { logger, only } = collect()
  logger.event('policy.applied', 'x', { keyed: 'a', monkey: 'b', tokens: 3, author: 'c' })
  const line = only()
  assert.deepEqual([line.keyed, line.monkey, line.tokens, line.author], ['a', 'b', 3, 'c'])
})

test('an expected error is described by code, message and cause; an unexpected one shows its stack', () => {
  const expected = collect()
  expected.logger.event('instance.failed', 'x', {
    error: new SidecarError('OPERATOR_PORT_IN_USE', 'in use', { cause: 'why' }),
  })
  assert.deepEqual(expected.only().error, {
    code: 'OPERATOR_PORT_IN_USE',
    message: 'in use',
    see: 'docs/reasons.md#operator_port_in_use',
    cause: 'why',
  })
  const unexpected = collect()
  unexpected.logger.event('internal.error', 'x', { error: new TypeError('undefined is not') })
  assert.match((unexpected.only().error as { stack: string }).stack, /logger\.test\.ts/)
})

test('what the system said to an expected error has no stack, a mistake of ours under it has one', () => {
  const causeOf = (cause: Error) => {
    const { logger, only } = collect()
    logger.event('policy.rejected', 'x', { error: new SidecarError('OPERATOR_FILE_UNWRITABLE', 'no', { cause }) })
    return (only().error as { cause: { code?: string; stack?: string } }).cause
  }
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'open' })
  assert.deepEqual(causeOf(denied), { code: 'EACCES', message: 'EACCES: permission denied' })
  assert.match(causeOf(new TypeError('undefined is not')).stack ?? '', /logger\.test\.ts/)
})

test('fields without end are cut: depth, length, circles', () => {
  const { logger, lines } = collect()
  const circle: Record<string, unknown> = {
    long: 'x'.repeat(100_000),
    list: new Array(10_000).fill(1),
    bytes: Buffer.alloc(99),
  }
  circle.self = circle
  logger.event('debug.note', 'not written at info', circle)
  logger.event('policy.applied', 'x', circle)
  assert.ok((lines[0]?.length ?? 0) < 100_000)
  assert.match(lines[0] ?? '', /"bytes":"99 bytes"/)
})

test('the ECS format puts the event under ECS names and the rest under vedette', () => {
  const { logger, only } = collect({ format: 'ecs' })
  logger.event('generation.failed', 'not ready', {
    generation: 4,
    error: new SidecarError('OPERATOR_GENERATION_FAILED', 'y'),
  })
  const line = only()
  assert.match(String(line['@timestamp']), /Z$/)
  assert.deepEqual(
    [line['log.level'], line['ecs.version'], line.event, line.error, line.vedette],
    [
      'error',
      '8.11.0',
      { action: 'generation.failed' },
      { code: 'OPERATOR_GENERATION_FAILED', message: 'y', see: 'docs/reasons.md#operator_generation_failed' },
      { role: 'control', generation: 4 },
    ],
  )
  assert.ok(!('level' in line) && !('time' in line))
})

test('the pretty format colours only when asked', () => {
  const plain = collect({ format: 'pretty' })
  plain.logger.event('instance.ready', 'ready', { proxy: '127.0.0.1:1', workers: 2 })
  assert.match(plain.lines[0] ?? '', /^\d\d:\d\d:\d\d\.\d{3} INFO +ready {2}proxy=127\.0\.0\.1:1 workers=2\n$/)
  const color = collect({ format: 'pretty', color: true })
  color.logger.event('worker.died', 'gone')
  assert.ok(color.lines[0]?.includes('\x1b[31mERROR'))
})

test('event names are words joined by dots and hyphens, each with a meaning', () => {
  for (const [name, { meaning }] of Object.entries(events)) {
    assert.match(name, /^[a-z]+(\.[a-z]+(-[a-z]+)*)?$/, name)
    assert.match(meaning, /^[A-Zv].*[.:].*$/, name)
  }
  assert.ok(readFileSync(join(import.meta.dirname, '../../src/observe/event-names.ts'), 'utf8').includes('stable name'))
})
