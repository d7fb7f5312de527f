import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentOfChild } from '../../src/settings/environment.ts'
import { environmentOfNotify, pickSystemd, systemdVariables } from '../../src/settings/systemd.ts'

const PID = 4711
const nothing = { notifySocket: '', watchdogMs: 0, sockets: [] }
const [proxy, mail] = [
  { fd: 3, name: 'vedette.socket' },
  { fd: 4, name: 'mail' },
]

const cases: [what: string, variables: Record<string, string>, found: object][] = [
  ['no variable', {}, nothing],
  ['a socket to speak to', { NOTIFY_SOCKET: '/run/notify' }, { ...nothing, notifySocket: '/run/notify' }],
  ['a watchdog', { WATCHDOG_USEC: '30000000' }, { ...nothing, watchdogMs: 30_000 }],
  ['a watchdog of ours', { WATCHDOG_USEC: '5000', WATCHDOG_PID: '4711' }, { ...nothing, watchdogMs: 5 }],
  ['a watchdog of another process', { WATCHDOG_USEC: '5000', WATCHDOG_PID: '4712' }, nothing],
  ['a watchdog without a time', { WATCHDOG_USEC: 'soon' }, nothing],
  [
    'two sockets with names',
    { LISTEN_PID: '4711', LISTEN_FDS: '2', LISTEN_FDNAMES: 'vedette.socket:mail' },
    { ...nothing, sockets: [proxy, mail] },
  ],
  ['a socket without a name', { LISTEN_PID: '4711', LISTEN_FDS: '1' }, { ...nothing, sockets: [{ fd: 3, name: '' }] }],
  ['sockets of another process', { LISTEN_PID: '4712', LISTEN_FDS: '2' }, nothing],
  ['sockets of nobody', { LISTEN_FDS: '2' }, nothing],
  ['no number of sockets', { LISTEN_PID: '4711', LISTEN_FDS: '-1' }, nothing],
]
for (const [what, variables, found] of cases) {
  test(`${what}: ${Object.keys(variables).join(', ')}`, () => assert.deepEqual(pickSystemd(variables, PID), found))
}

test('a process that we start sees nothing of it, and the one that speaks for us nothing else', () => {
  const before = { ...process.env }
  for (const name of systemdVariables) process.env[name] = '1'
  try {
    const child = environmentOfChild({ ADDED: 'yes' })
    assert.deepEqual([child.ADDED, child.PATH], ['yes', before.PATH])
    for (const name of systemdVariables) assert.equal(child[name], undefined)
    assert.deepEqual(environmentOfNotify('/run/notify'), { PATH: before.PATH, NOTIFY_SOCKET: '/run/notify' })
  } finally {
    for (const name of systemdVariables) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  }
})
