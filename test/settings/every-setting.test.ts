/**
 * Goal: every setting reaches the snapshot at its own place. Method: for each a value that is no other setting's and not
 * its default, said in the file, as a flag and as a variable. A setting without a row fails.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  flagOf,
  readSettingText,
  type SettingPath,
  settingPaths,
  variableOf,
} from '../../src/settings/setting-table.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { load, settingsFolder } from './settings-kit.ts'

interface Row {
  /** As a flag or a variable says it. */
  readonly text: string
  readonly read: (settings: Settings) => unknown
  readonly means: unknown
  /** What a relative one is resolved against stands in front. */
  readonly isPath?: true
}

const listen = (port: number) => ({ host: '127.0.0.1', port })

const rows: Readonly<Record<SettingPath, Row>> = {
  'proxy.listen': { text: '127.0.0.1:1001', read: ({ proxy }) => proxy.listen, means: [listen(1001)] },
  'socks.listen': { text: '127.0.0.1:1002', read: ({ socks }) => socks.listen, means: [listen(1002)] },
  'socks.users': { text: 'a-users', read: ({ socks }) => socks.users, means: 'a-users', isPath: true },
  'admin.listen': { text: '127.0.0.1:1003', read: ({ admin }) => admin.listen, means: listen(1003) },
  'admin.identity': { text: 'an-identity', read: ({ admin }) => admin.identity, means: 'an-identity' },
  'admin.allow': { text: '10.0.0.0/8,::1', read: ({ admin }) => admin.allow, means: ['10.0.0.0/8', '::1'] },
  'admin.hosts': { text: 'a.example,b.example', read: ({ admin }) => admin.hosts, means: ['a.example', 'b.example'] },
  'health.listen': { text: '127.0.0.1:1004', read: ({ health }) => health.listen, means: listen(1004) },
  policy: { text: 'a-policy', read: ({ policy }) => policy, means: 'a-policy', isPath: true },
  truststores: { text: 'some-stores', read: ({ truststores }) => truststores, means: 'some-stores', isPath: true },
  identities: { text: 'some-pairs', read: ({ identities }) => identities, means: 'some-pairs', isPath: true },
  crls: { text: 'some-lists', read: ({ crls }) => crls, means: 'some-lists', isPath: true },
  state: { text: 'a-state', read: ({ state }) => state, means: 'a-state', isPath: true },
  upstreamCredentials: { text: 'a-file', read: (all) => all.upstreamCredentials, means: 'a-file', isPath: true },
  workers: { text: '11', read: ({ workers }) => workers, means: 11 },
  openTunnels: { text: 'cut', read: ({ openTunnels }) => openTunnels, means: 'cut' },
  refusalMessage: { text: 'Ask the desk', read: (all) => all.refusalMessage, means: 'Ask the desk' },
  'limits.callers': { text: '2001', read: ({ limits }) => limits.callers, means: 2001 },
  'limits.tunnels': { text: '2002', read: ({ limits }) => limits.tunnels, means: 2002 },
  'limits.headBytes': { text: '2003', read: ({ limits }) => limits.headBytes, means: 2003 },
  'limits.backendConnections': { text: '2004', read: ({ limits }) => limits.backendConnections, means: 2004 },
  'timeouts.dns': { text: '101s', read: ({ timeouts }) => timeouts.dnsMs, means: 101_000 },
  'timeouts.connect': { text: '102s', read: ({ timeouts }) => timeouts.connectMs, means: 102_000 },
  'timeouts.handshake': { text: '103s', read: ({ timeouts }) => timeouts.handshakeMs, means: 103_000 },
  'timeouts.head': { text: '104s', read: ({ timeouts }) => timeouts.headMs, means: 104_000 },
  'timeouts.firstByte': { text: '105s', read: ({ timeouts }) => timeouts.firstByteMs, means: 105_000 },
  'timeouts.idle': { text: '106s', read: ({ timeouts }) => timeouts.idleMs, means: 106_000 },
  'timeouts.drain': { text: '107s', read: ({ timeouts }) => timeouts.drainMs, means: 107_000 },
  'timeouts.pooled': { text: '108s', read: ({ timeouts }) => timeouts.pooledMs, means: 108_000 },
  'timeouts.verdict': { text: '109s', read: ({ timeouts }) => timeouts.verdictMs, means: 109_000 },
  'log.format': { text: 'ecs', read: ({ log }) => log.format, means: 'ecs' },
  'log.level': { text: 'debug', read: ({ log }) => log.level, means: 'debug' },
}

describe('every setting', () => {
  for (const path of settingPaths) {
    const { text, read, means, isPath } = rows[path]
    it(`${path} is heeded in the file, as ${flagOf(path)} and as ${variableOf(path)}`, (t) => {
      const empty = settingsFolder(t)
      const expected = (folder: string) => (isPath ? join(folder, means as string) : means)
      assert.notDeepEqual(read(load(empty).settings), expected(empty), 'its default is another')
      const said = settingsFolder(t, documentOf(path, readSettingText(path, text)))
      assert.deepEqual(read(load(said).settings), expected(said))
      assert.deepEqual(read(load(empty, { flags: { [path]: text } }).settings), expected(empty))
      assert.deepEqual(read(load(empty, { environment: { [variableOf(path)]: text } }).settings), expected(empty))
    })
  }
})

function documentOf(path: SettingPath, value: unknown): string {
  const spec = path.split('.').reduceRight<unknown>((inner, step) => ({ [step]: inner }), value)
  return JSON.stringify({ apiVersion: 'vedette/v1', kind: 'Settings', ...(spec as object) })
}
