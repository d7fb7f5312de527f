import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureOf, load, settingsFolder } from './settings-kit.ts'

interface BadFile {
  readonly reason: string
  readonly text: string
  readonly says: readonly string[]
}
const badFiles: readonly BadFile[] = [
  {
    reason: 'all errors are said, not the first, each with its place',
    text: 'kind: Setting\nlimits:\n  callers: 0\n  headBytes: 9999999\nwrokers: 2\n',
    says: [
      'vedette.yaml:1:7 kind: expected "Settings", found "Setting": did you mean Settings?',
      'vedette.yaml:3:12 limits.callers: expected at least 1, found 0',
      'vedette.yaml:4:14 limits.headBytes: expected at most 1048576, found 9999999',
      'vedette.yaml:5:1 wrokers: is not a known key: did you mean workers?',
    ],
  },
  {
    reason: 'an unknown key inside a section names its neighbours',
    text: 'timeouts: { handshaek: 1s }\n',
    says: ['vedette.yaml:1:13 timeouts.handshaek: is not a known key: did you mean handshake?'],
  },
  {
    reason: 'a deadline of nothing would fail everything',
    text: 'timeouts: { connect: 0s }\n',
    says: ['vedette.yaml:1:22 timeouts.connect: expected more than 0, found "0s"'],
  },
  {
    reason: 'a number is no duration',
    text: 'timeouts: { drain: 30 }\n',
    says: ['vedette.yaml:1:20 timeouts.drain: expected a duration such as 500ms, 30s, 5m or 1h, found 30'],
  },
  {
    reason: 'a host name may come to mean another address',
    text: 'proxy: { listen: [myhost:3128] }\n',
    says: [
      'vedette.yaml:1:19 proxy.listen[0]: expected an address such as 127.0.0.1:3128, [::1]:3128 or localhost:3128, found "myhost:3128"',
    ],
  },
  {
    reason: 'a proxy that listens nowhere serves nobody',
    text: 'proxy: { listen: [] }\n',
    says: ['vedette.yaml:1:18 proxy.listen: expected at least 1'],
  },
  {
    reason: 'an empty section is unfinished work',
    text: 'log:\n',
    says: ['vedette.yaml:1:1 log: is empty: expected a mapping, or leave the key out'],
  },
  {
    reason: 'a path of nothing',
    text: 'state: " "\n',
    says: ['vedette.yaml:1:8 state: expected the name of a file or folder, found " "'],
  },
]
for (const { reason, text, says } of badFiles) {
  test(`a bad file is refused: ${reason}`, (t) => {
    const failure = failureOf(settingsFolder(t, text))
    assert.equal(failure.code, 'OPERATOR_BAD_DOCUMENT')
    // The end of a line is the policy room's wording; place, key and fault are what this room answers for.
    assert.deepEqual(
      failure.says.map((line, index) => line.slice(0, says[index]?.length)),
      says,
    )
  })
}

const badVariables: readonly [reason: string, environment: Record<string, string>, says: readonly string[]][] = [
  [
    'a mistyped variable would mean nothing, silently',
    { VEDETTE_TIMEOUT_DRAIN: '1s' },
    ['environment VEDETTE_TIMEOUT_DRAIN: is not a known variable: did you mean VEDETTE_TIMEOUTS_DRAIN?'],
  ],
  [
    'what is near to nothing gets no guess',
    { VEDETTE_LISTEN: 'x' },
    ['environment VEDETTE_LISTEN: is not a known variable'],
  ],
  [
    'a bad value is described as in the file',
    { VEDETTE_TIMEOUTS_DRAIN: 'soon', VEDETTE_WORKERS: 'many' },
    [
      'environment VEDETTE_WORKERS: expected "auto" or a number, found "many"',
      'environment VEDETTE_TIMEOUTS_DRAIN: expected a duration such as 500ms, 30s, 5m or 1h, found "soon"',
    ],
  ],
  [
    'an empty variable is not the same as none',
    { VEDETTE_STATE: '' },
    ['environment VEDETTE_STATE: expected the name of a file or folder, found ""'],
  ],
  [
    'a list with a hole in it',
    { VEDETTE_PROXY_LISTEN: '127.0.0.1:1,,[::1]:2' },
    [
      'environment VEDETTE_PROXY_LISTEN: expected an address such as 127.0.0.1:3128, [::1]:3128 or localhost:3128, found ""',
    ],
  ],
  [
    'yes is not true',
    { VEDETTE_UNSAFE_PROXY_LISTEN: 'yes' },
    ['environment VEDETTE_UNSAFE_PROXY_LISTEN: expected true or false'],
  ],
]
for (const [reason, environment, says] of badVariables) {
  test(`a bad environment is refused: ${reason}`, (t) => {
    assert.deepEqual(failureOf(settingsFolder(t), { environment }), { code: 'OPERATOR_BAD_DOCUMENT', says })
  })
}

test('problems of flags, environment and file are told together', (t) => {
  const folder = settingsFolder(t, 'workers: 0\n')
  const { says } = failureOf(folder, { flags: { 'log.level': 'loud' }, environment: { VEDETTE_LOG_FORMAT: 'xml' } })
  assert.deepEqual(says, [
    'command line --log-level: expected one of debug, info, warn, error, found "loud"',
    'environment VEDETTE_LOG_FORMAT: expected one of json, ecs, pretty, found "xml"',
    'vedette.yaml:1:10 workers: expected at least 1, found 0',
  ])
})

test('an address outside loopback is told beside other problems, but not while it is itself in doubt', (t) => {
  const folder = settingsFolder(t, 'workers: 0\nadmin: { listen: "nowhere" }\nhealth: { listen: "0.0.0.0:9901" }\n')
  const { code, says } = failureOf(folder, { flags: { 'proxy.listen': 'x' } })
  assert.equal(code, 'OPERATOR_BAD_DOCUMENT')
  assert.equal(says.length, 4)
  assert.match(
    says.at(-1) ?? '',
    /^settings health\.listen: 0\.0\.0\.0:9901 is outside loopback: .*--unsafe-health-listen/,
  )
  const { says: allowed } = failureOf(folder, { unsafe: ['health'] })
  assert.deepEqual(
    allowed.filter((line) => line.includes('loopback')),
    [],
  )
})

test('what Kubernetes says of a Service named vedette is not ours to mind', (t) => {
  const environment = {
    VEDETTE_SERVICE_HOST: '10.0.0.1',
    VEDETTE_SERVICE_PORT: '3128',
    VEDETTE_SERVICE_PORT_PROXY: '3128',
    VEDETTE_PORT: 'tcp://10.0.0.1:3128',
    VEDETTE_PORT_3128_TCP: 'tcp://10.0.0.1:3128',
    VEDETTE_PORT_3128_TCP_ADDR: '10.0.0.1',
    VEDETTE_ADMIN_SERVICE_HOST: '10.0.0.2',
  }
  assert.equal(load(settingsFolder(t), { environment }).settings.workers >= 2, true)
})

test('a value in the file is judged even when a flag covers it', (t) => {
  const folder = settingsFolder(t, 'workers: 0\n')
  assert.equal(failureOf(folder, { flags: { workers: '2' } }).code, 'OPERATOR_BAD_DOCUMENT')
})

test('one address for two entrances is refused before a bind fails; two free ports are fine', (t) => {
  const { code, says } = failureOf(settingsFolder(t), { flags: { 'health.listen': 'localhost:3128' } })
  assert.equal(code, 'OPERATOR_BAD_DOCUMENT')
  assert.deepEqual(says, ['settings health.listen: 127.0.0.1:3128 is an address of proxy.listen already'])
  load(settingsFolder(t), { flags: { 'health.listen': '127.0.0.1:0', 'admin.listen': '127.0.0.1:0' } })
})
