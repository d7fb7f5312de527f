import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { flagOf, type SettingPath, settingPaths, variableOf } from '../../src/settings/setting-table.ts'
import { failureOf, load, settingsFolder } from './settings-kit.ts'

test('without file, flags or variables the defaults hold, paths below the working directory', (t) => {
  const folder = settingsFolder(t)
  const { settings, origins, file } = load(folder)
  assert.equal(file, null)
  assert.deepEqual(settings, {
    proxy: { listen: [{ host: '127.0.0.1', port: 3128 }] },
    socks: { listen: [], users: 'none' },
    admin: { listen: { host: '127.0.0.1', port: 9080 }, identity: 'none', allow: ['any'], hosts: ['own'] },
    health: { listen: { host: '127.0.0.1', port: 9901 } },
    policy: join(folder, 'policies/default.yaml'),
    truststores: join(folder, 'truststores'),
    identities: join(folder, 'identities'),
    crls: join(folder, 'crls'),
    state: join(folder, 'state'),
    upstreamCredentials: 'none',
    workers: Math.max(2, Math.min(4, availableParallelism())),
    openTunnels: 'drain',
    refusalMessage: '',
    limits: { callers: 8000, tunnels: 8000, headBytes: 65_536, backendConnections: 256 },
    timeouts: {
      dnsMs: 5000,
      connectMs: 5000,
      handshakeMs: 10_000,
      headMs: 30_000,
      firstByteMs: 3_600_000,
      idleMs: 3_600_000,
      drainMs: 30_000,
      pooledMs: 15_000,
      verdictMs: 60_000,
    },
    log: { format: 'json', level: 'info' },
    services: [],
  })
  assert.ok(Object.values(origins).every((origin) => origin.from === 'default'))
})

const everything = `
apiVersion: vedette/v1
kind: Settings
proxy: { listen: ["127.0.0.1:1", "[::1]:2", "localhost:0"] }
socks: { listen: ["127.0.0.1:8"], users: users.txt }
admin: { listen: 127.0.0.2:3, identity: manager, allow: [10.0.0.0/8, 127.0.0.1], hosts: [own, vedette.corp.example] }
health: { listen: "[::1]:4" }
policy: p.yaml
truststores: /abs/ts
identities: ../ids
crls: lists
state: s
upstreamCredentials: secrets
workers: 3
openTunnels: cut
refusalMessage: Ask ops <ops@corp.example>
services: []
limits: { callers: 1, tunnels: 2, headBytes: 2048, backendConnections: 3 }
timeouts: { dns: 1ms, connect: 1.5s, handshake: 3s, head: 4s, firstByte: 5m, idle: 6h, drain: 0s, pooled: 0s, verdict: 0s }
log: { format: pretty, level: debug }
`

test('every key of the file arrives, and says its place', (t) => {
  const folder = settingsFolder(t, everything)
  const { settings, origins, file } = load(folder)
  assert.equal(file, join(folder, 'vedette.yaml'))
  assert.deepEqual(settings, {
    proxy: {
      listen: [
        { host: '127.0.0.1', port: 1 },
        { host: '::1', port: 2 },
        { host: '127.0.0.1', port: 0 },
      ],
    },
    socks: { listen: [{ host: '127.0.0.1', port: 8 }], users: join(folder, 'users.txt') },
    admin: {
      listen: { host: '127.0.0.2', port: 3 },
      identity: 'manager',
      allow: ['10.0.0.0/8', '127.0.0.1'],
      hosts: ['own', 'vedette.corp.example'],
    },
    health: { listen: { host: '::1', port: 4 } },
    policy: join(folder, 'p.yaml'),
    truststores: '/abs/ts',
    identities: join(folder, '../ids'),
    crls: join(folder, 'lists'),
    state: join(folder, 's'),
    upstreamCredentials: join(folder, 'secrets'),
    workers: 3,
    openTunnels: 'cut',
    refusalMessage: 'Ask ops <ops@corp.example>',
    limits: { callers: 1, tunnels: 2, headBytes: 2048, backendConnections: 3 },
    services: [],
    timeouts: {
      dnsMs: 1,
      connectMs: 1500,
      handshakeMs: 3000,
      headMs: 4000,
      firstByteMs: 300_000,
      idleMs: 21_600_000,
      drainMs: 0,
      pooledMs: 0,
      verdictMs: 0,
    },
    log: { format: 'pretty', level: 'debug' },
  })
  assert.ok(Object.values(origins).every((origin) => origin.from === 'file'))
  assert.deepEqual(origins.policy, { from: 'file', name: `${file}:8:9` })
  assert.deepEqual(origins['log.level'], { from: 'file', name: `${file}:20:31` })
})

const texts: Readonly<Record<SettingPath, readonly [text: string, other: string]>> = {
  'proxy.listen': ['127.0.0.1:5, [::1]:6', '127.0.0.1:7'],
  'socks.listen': ['127.0.0.1:5, [::1]:6', 'none'],
  'socks.users': ['/a', 'none'],
  'admin.listen': ['127.0.0.1:5', '127.0.0.1:7'],
  'admin.identity': ['one', 'other'],
  'admin.allow': ['10.0.0.0/8', '10.0.0.1,any'],
  'admin.hosts': ['a.example', 'own,b.example'],
  'health.listen': ['127.0.0.1:5', '127.0.0.1:7'],
  policy: ['/a', '/b'],
  truststores: ['/a', '/b'],
  openTunnels: ['drain', 'cut'],
  refusalMessage: ['Ask ops', 'none'],
  identities: ['/a', '/b'],
  crls: ['/a', '/b'],
  state: ['/a', '/b'],
  upstreamCredentials: ['/a', 'none'],
  workers: ['5', '6'],
  'limits.callers': ['5', '6'],
  'limits.tunnels': ['5', '6'],
  'limits.headBytes': ['5000', '6000'],
  'limits.backendConnections': ['5', '6'],
  'timeouts.dns': ['5s', '6s'],
  'timeouts.connect': ['5s', '6s'],
  'timeouts.handshake': ['5s', '6s'],
  'timeouts.head': ['5s', '6s'],
  'timeouts.firstByte': ['5s', '6s'],
  'timeouts.idle': ['5s', '6s'],
  'timeouts.drain': ['5s', '6s'],
  'timeouts.pooled': ['5s', '6s'],
  'timeouts.verdict': ['5s', '6s'],
  'log.format': ['ecs', 'json'],
  'log.level': ['warn', 'error'],
}

for (const path of settingPaths) {
  test(`${path}: the flag beats ${variableOf(path)}, which beats the file`, (t) => {
    const folder = settingsFolder(t, everything)
    const [text, other] = texts[path]
    const byFile = load(folder)
    const byVariable = load(folder, { environment: { [variableOf(path)]: text } })
    const byFlag = load(folder, { environment: { [variableOf(path)]: text }, flags: { [path]: other } })
    assert.notDeepEqual(byVariable.settings, byFile.settings)
    assert.notDeepEqual(byFlag.settings, byVariable.settings)
    assert.deepEqual(byVariable.origins[path], { from: 'environment', name: variableOf(path) })
    assert.deepEqual(byFlag.origins[path], { from: 'flag', name: flagOf(path) })
    assert.deepEqual(byFlag.settings, load(folder, { environment: { [variableOf(path)]: other } }).settings)
  })
}

test('the names of variables and flags follow from the path alone', () => {
  assert.equal(variableOf('timeouts.firstByte'), 'VEDETTE_TIMEOUTS_FIRST_BYTE')
  assert.equal(variableOf('limits.backendConnections'), 'VEDETTE_LIMITS_BACKEND_CONNECTIONS')
  assert.equal(flagOf('timeouts.firstByte'), '--timeouts-first-byte')
  assert.equal(flagOf('state'), '--state')
})

test('relative paths belong to where they were written: the file to its folder, the rest to the working directory', (t) => {
  const folder = settingsFolder(t)
  mkdirSync(join(folder, 'etc'))
  writeFileSync(join(folder, 'etc/v.yaml'), 'policy: from-file.yaml\n')
  const { settings, file } = load(folder, {
    file: 'etc/v.yaml',
    environment: { VEDETTE_STATE: 'from-variable' },
    flags: { identities: 'from-flag' },
  })
  assert.equal(file, join(folder, 'etc/v.yaml'))
  assert.equal(settings.policy, join(folder, 'etc/from-file.yaml'))
  assert.equal(settings.truststores, join(folder, 'etc/truststores'))
  assert.equal(settings.state, join(folder, 'from-variable'))
  assert.equal(settings.identities, join(folder, 'from-flag'))
})

test('a file that says nothing is allowed, commented out or empty', (t) => {
  for (const text of ['', '\n# log: { level: debug }\n', '---\n# x\n']) {
    const folder = settingsFolder(t, text)
    assert.equal(load(folder).settings.log.level, 'info')
    assert.equal(load(folder).file, join(folder, 'vedette.yaml'))
  }
})

test('VEDETTE_CONFIG names the file, and the flag for it wins', (t) => {
  const folder = settingsFolder(t, 'workers: 1\n')
  writeFileSync(join(folder, 'a.yaml'), 'workers: 2\n')
  writeFileSync(join(folder, 'b.yaml'), 'workers: 3\n')
  const environment = { VEDETTE_CONFIG: 'a.yaml' }
  assert.equal(load(folder, { environment }).settings.workers, 2)
  assert.equal(load(folder, { environment, file: 'b.yaml' }).settings.workers, 3)
})

test('a settings file that was named must be there; the usual one may be missing, but not unreadable', (t) => {
  const folder = settingsFolder(t)
  assert.deepEqual(failureOf(folder, { file: 'gone.yaml' }), {
    code: 'OPERATOR_FILE_UNREADABLE',
    says: ['settings gone.yaml cannot be read (there is no such file)'],
  })
  assert.equal(failureOf(folder, { environment: { VEDETTE_CONFIG: 'gone.yaml' } }).code, 'OPERATOR_FILE_UNREADABLE')
  mkdirSync(join(folder, 'vedette.yaml'))
  assert.deepEqual(failureOf(folder), {
    code: 'OPERATOR_FILE_UNREADABLE',
    says: ['settings vedette.yaml cannot be read (EISDIR)'],
  })
})

test('settings cannot be changed by whoever holds them', (t) => {
  const loaded = load(settingsFolder(t, everything))
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen))
  assert.ok(frozen(loaded))
  assert.deepEqual(JSON.parse(JSON.stringify(loaded)), loaded)
})

test('a file without the right to read it is said to be so', (t) => {
  const folder = settingsFolder(t, '')
  chmodSync(folder, 0o755)
  chmodSync(join(folder, 'vedette.yaml'), 0)
  assert.deepEqual(asNobody(() => failureOf(folder)).says, ['settings vedette.yaml cannot be read (EACCES)'])
})

/** Root may read everything, so where the tests run as root the act is done as somebody else. */
function asNobody<T>(act: () => T): T {
  if (process.getuid?.() !== 0) return act()
  process.seteuid?.(65_534)
  try {
    return act()
  } finally {
    process.seteuid?.(0)
  }
}

test('texts from outside give settings or a known failure, never anything else', (t) => {
  const folder = settingsFolder(t)
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('1', '0', ':', '[', ']', '.', ',', 's', '-', 'e') }),
  )
  fc.assert(
    fc.property(fc.constantFrom(...settingPaths), text, (path, value) => {
      try {
        load(folder, { flags: { [path]: value } })
      } catch (error) {
        assert.match((error as { code: string }).code, /^OPERATOR_(BAD_DOCUMENT|UNSAFE_ADDRESS)$/)
      }
    }),
    { numRuns: 2000 },
  )
})
