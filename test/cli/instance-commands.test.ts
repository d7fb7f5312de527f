/**
 * Goal: what the commands ask of a running instance, and how they tell its answers. Method: a stand-in on the control
 * socket that records requests and answers what the test says; the real instance is met in test/journeys.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Status } from '../../src/processes/control/status.ts'
import { makeFolder, runCli } from './run-cli.ts'
import { standIn } from './stand-in.ts'

const applied = { version: 9, generation: 10, unchanged: false, warnings: [], elapsedMs: 231.4 }

describe('apply', () => {
  it('sends the text with all conditions, says progress on stderr and the version on stdout', async (t) => {
    const progress = [{ stage: 'validated', message: 'the policy is sound', elapsedMs: 3 }]
    const { state, requests } = await standIn(t, { result: applied, progress })
    const argv = ['apply', '-', '--state', state, '--comment', 'why', '--if-version', '8', '--confirm-within', '5m']
    const { status, stdout, stderr } = await runCli([...argv, '--revert-on-refusals', '0.2'], { stdin: 'the text' })
    assert.equal(status, 0)
    const { author, ...request } = requests[0] as { author: string }
    assert.ok(author.length > 0)
    assert.deepEqual(request, {
      act: 'apply',
      file: 'stdin',
      text: 'the text',
      comment: 'why',
      ifVersion: 8,
      confirmWithinMs: 300_000,
      revertOnRefusals: 0.2,
    })
    assert.match(stderr, /✓ validated {5}the policy is sound 3 ms/)
    assert.match(stdout, /^version 9 is in force \(generation 10, 231 ms\)\n/)
  })

  it('leaves out the conditions that were not given', async (t) => {
    const { state, requests } = await standIn(t, { result: applied })
    await runCli(['apply', '-', '--state', state], { stdin: 'x' })
    assert.deepEqual(Object.keys(requests[0] ?? {}).sort(), ['act', 'author', 'comment', 'file', 'text'])
  })

  it('says what comes back when nobody confirms', async (t) => {
    const pending = { deadlineMs: Date.UTC(2026, 10, 20, 12), revertTo: 8 }
    const { state } = await standIn(t, { result: { ...applied, pending } })
    const { stdout } = await runCli(['apply', '-', '--state', state, '--confirm-within', '5m'], { stdin: 'x' })
    assert.match(
      stdout,
      /version 8 comes back at 2026-11-20T12:00:00\.000Z unless you run: vedette confirm --state \S+\n$/,
    )
  })

  it('shows every problem of a refused policy and exits 3', async (t) => {
    const problem = { file: 'stdin', line: 5, column: 3, path: 'spec.x', message: 'is odd', severity: 'error' }
    const problems = [problem, { ...problem, line: 6, path: 'spec.y' }]
    const { state } = await standIn(t, {
      error: { code: 'OPERATOR_BAD_DOCUMENT', message: 'bad', details: { problems } },
    })
    const { status, stderr } = await runCli(['apply', '-', '--state', state], { stdin: 'x' })
    assert.equal(status, 3)
    assert.match(stderr, /stdin:5:3 spec\.x: is odd/)
    assert.match(stderr, /stdin:6:3 spec\.y: is odd/)
  })

  it('exits 1 when somebody else was faster', async (t) => {
    const error = { code: 'OPERATOR_EDIT_CONFLICT', message: 'version 9 is active now', details: {} } as const
    const { state } = await standIn(t, { error })
    const { status, stderr } = await runCli(['apply', '-', '--state', state, '--if-version', '8'], { stdin: 'x' })
    assert.equal(status, 1)
    assert.match(stderr, /version 9 is active now/)
  })

  const usage: [string, string[]][] = [
    ['a time without a unit', ['--confirm-within', '5']],
    ['a share above one', ['--confirm-within', '5m', '--revert-on-refusals', '20']],
    ['a share with nothing to watch', ['--revert-on-refusals', '0.2']],
    ['a version that is no number', ['--if-version', 'v8']],
  ]
  for (const [what, flags] of usage) {
    it(`refuses ${what} as a usage error, and asks nobody`, async (t) => {
      const { state, requests } = await standIn(t, { result: applied })
      const { status, stderr } = await runCli(['apply', '-', '--state', state, ...flags], { stdin: 'x' })
      assert.equal(status, 2)
      assert.match(stderr, new RegExp(`error: ${flags.at(-2)} `))
      assert.match(stderr, /OPERATOR_USAGE: See vedette apply --help\./)
      assert.deepEqual(requests, [])
    })
  }
})

const status: Status = {
  version: null,
  policy: { name: 'x', file: 'x.yaml', sha256: 'ab'.repeat(32), writeFault: '' },
  generation: 1,
  state: 'running',
  startedMs: 0,
  pids: { supervisor: 1, control: 2 },
  listen: { proxy: [], services: [], health: { host: '127.0.0.1', port: 1 }, admin: { host: '127.0.0.1', port: 2 } },
  load: { callers: 0, requests: 0, tunnels: 0 },
  generations: [],
  rejected: { of: 'policy', trigger: 'signal', message: 'bad', timeMs: 0 },
  alarms: ['corp is bad'],
  restartNeeded: ['health', 'state'],
  lastRejection: null,
  pending: { version: 9, revertTo: 7, deadlineMs: 0 },
  exceptions: [],
  revocationLists: [
    {
      ...{ source: 'corp.crl', issuer: 'CN=Corp', state: 'expired', entries: 3, detail: 'has expired' },
      ...{ thisUpdateMs: 0, nextUpdateMs: 0 },
    },
  ],
  intolerant: [{ authority: 'old.example:443', untilMs: 0 }],
  backendHealth: { checked: 2, failing: [{ backend: 'ill.example:443', detail: 'refused, expired', checkedMs: 0 }] },
}

describe('the other commands that ask a running instance', () => {
  it('confirm says which version stays', async (t) => {
    const { state, requests } = await standIn(t, { result: { version: 9 } })
    const { stdout } = await runCli(['confirm', '--state', state])
    assert.equal(requests[0]?.act, 'confirm')
    assert.equal(stdout, 'version 9 stays in force\n')
  })

  it('rollback names a version, or leaves it to the instance', async (t) => {
    const { state, requests } = await standIn(t, { result: applied })
    await runCli(['rollback', '7', '--state', state])
    await runCli(['rollback', '--state', state])
    assert.deepEqual(
      requests.map(({ act, version }) => [act, version]),
      [
        ['rollback', 7],
        ['rollback', undefined],
      ],
    )
  })

  it('rollback may be on trial, like an apply', async (t) => {
    const { state, requests } = await standIn(t, { result: applied })
    const trial = ['--confirm-within', '5m', '--revert-on-refusals', '0.2']
    await runCli(['rollback', '7', '--state', state, ...trial])
    const [asked] = requests
    assert.deepEqual([asked?.version, asked?.confirmWithinMs, asked?.revertOnRefusals], [7, 300_000, 0.2])
    const { status, stderr } = await runCli(['rollback', '--state', state, '--revert-on-refusals', '0.2'])
    assert.equal(status, 2)
    assert.match(stderr, /--revert-on-refusals needs --confirm-within[\s\S]*See vedette rollback --help\./)
    assert.equal(requests.length, 1)
  })

  it('rollback says what it went back to', async (t) => {
    const { state } = await standIn(t, { result: { ...applied, backTo: 7 } })
    const { stdout } = await runCli(['rollback', '--state', state])
    assert.equal(stdout, 'version 9 is in force, with the text of version 7 (generation 10, 231 ms)\n')
  })

  it('status says why there is no proxy while the instance drains', async (t) => {
    const { state } = await standIn(t, { result: { ...status, state: 'draining' } })
    const { stdout } = await runCli(['status', '--state', state])
    assert.match(stdout, /^proxy {4}closed, nobody new is accepted$/m)
  })

  it('status shows what is stale, unconfirmed, rejected, and waits for a restart', async (t) => {
    const { state } = await standIn(t, { result: status })
    const { stdout } = await runCli(['status', '--state', state])
    assert.match(stdout, /^pending {2}v9 is unconfirmed: v7 comes back at 1970-01-01T00:00:00\.000Z/m)
    assert.match(stdout, /^rejected the change of 1970-01-01T00:00:00Z \(signal\): bad$/m)
    assert.match(stdout, /^stale {4}corp is bad; the last good one stays in force$/m)
    assert.match(stdout, /^restart {2}changed settings wait for it: health, state$/m)
  })

  it('reload says when nothing had changed', async (t) => {
    const { state } = await standIn(t, { result: { ...applied, unchanged: true } })
    assert.equal((await runCli(['reload', '--state', state])).stdout, 'version 9 was in force already\n')
  })

  it('versions --migrations tells what upgrades did', async (t) => {
    const report = { sentences: ['spec.tls.ciphers keeps its custom list: lost RC4-SHA: broken'] }
    const migrations = [{ timeMs: 0, version: 3, from: '2026-05.a', to: '2026-11.b', report }]
    const { state, requests } = await standIn(t, { result: { migrations } })
    const { stdout } = await runCli(['versions', '--migrations', '--state', state])
    assert.deepEqual(requests, [{ act: 'migrations', limit: 20 }])
    const line = '1970-01-01T00:00:00.000Z  version 3: from catalogue 2026-05.a to 2026-11.b'
    assert.equal(stdout, `${line}\n  ${report.sentences[0]}\n`)
  })

  it('versions lists them with the one in force marked', async (t) => {
    const head = { sha256: 'ab'.repeat(32), author: 'dana', timeMs: 0, comment: '', source: 'cli', parent: null }
    const versions = [
      { ...head, number: 2, comment: 'mail' },
      { ...head, number: 1 },
    ]
    const { state, requests } = await standIn(t, { result: { active: 2, versions } })
    const { stdout } = await runCli(['versions', '--limit', '5', '--state', state])
    assert.deepEqual(requests, [{ act: 'versions', limit: 5 }])
    assert.equal(
      stdout,
      '*    2  1970-01-01T00:00:00Z  abababababab  cli by dana  "mail"\n     1  1970-01-01T00:00:00Z  abababababab  cli by dana\n',
    )
  })

  it('say that nothing runs, and exit 4', async (t) => {
    const state = makeFolder(t)
    for (const command of ['confirm', 'rollback', 'reload', 'versions', 'status']) {
      const { status, stderr } = await runCli([command, '--state', state])
      assert.equal(status, 4, command)
      assert.match(stderr, /OPERATOR_NOT_RUNNING/)
    }
  })

  it('give the answer as it is under --json', async (t) => {
    const { state } = await standIn(t, { result: { version: 9 } })
    assert.deepEqual(JSON.parse((await runCli(['confirm', '--state', state, '--json'])).stdout), { version: 9 })
  })
})
