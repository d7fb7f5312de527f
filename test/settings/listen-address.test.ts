import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatListenAddress, isLoopback, parseListenAddress } from '../../src/settings/listen-address.ts'
import { guardedEntrances } from '../../src/settings/listening.ts'
import { failureOf, load, settingsFolder } from './settings-kit.ts'

const good: readonly [text: string, host: string, port: number, loopback: boolean][] = [
  ['127.0.0.1:3128', '127.0.0.1', 3128, true],
  ['127.9.9.9:1', '127.9.9.9', 1, true],
  ['localhost:0', '127.0.0.1', 0, true],
  ['LOCALHOST:80', '127.0.0.1', 80, true],
  ['[::1]:65535', '::1', 65_535, true],
  ['[0:0:0:0:0:0:0:1]:1', '0:0:0:0:0:0:0:1', 1, true],
  ['[::FFFF:127.0.0.1]:1', '::ffff:127.0.0.1', 1, true],
  ['0.0.0.0:3128', '0.0.0.0', 3128, false],
  ['[::]:3128', '::', 3128, false],
  ['[::ffff:10.0.0.1]:1', '::ffff:10.0.0.1', 1, false],
  ['[::2]:1', '::2', 1, false],
  ['128.0.0.1:1', '128.0.0.1', 1, false],
  ['126.255.255.255:1', '126.255.255.255', 1, false],
  ['[fe80::1%eth0]:1', 'fe80::1%eth0', 1, false],
]
for (const [text, host, port, loopback] of good) {
  test(`${text} is an address ${loopback ? 'within' : 'outside'} loopback`, () => {
    const address = parseListenAddress(text)
    assert.deepEqual(address, { host, port })
    assert.equal(isLoopback({ host, port }), loopback)
  })
}

const bad: readonly [reason: string, text: string][] = [
  ['nothing', ''],
  ['no port', '127.0.0.1'],
  ['an empty port', '127.0.0.1:'],
  ['no host', ':3128'],
  ['a star', '*:3128'],
  ['a port beyond the last', '127.0.0.1:65536'],
  ['a negative port', '127.0.0.1:-1'],
  ['a port with a zero in front', '127.0.0.1:0443'],
  ['a service name', '127.0.0.1:https'],
  ['IPv6 without brackets', '::1:3128'],
  ['a bracket left open', '[::1:3128'],
  ['IPv4 in brackets', '[127.0.0.1]:1'],
  ['a name in brackets', '[localhost]:1'],
  ['a short address', '127.1:1'],
  ['octal', '0177.0.0.1:1'],
  ['a host name', 'example.org:1'],
  ['a name that only starts like loopback', '127.0.0.1.example:1'],
  ['a space', ' 127.0.0.1:1'],
  ['a URL', 'http://127.0.0.1:1'],
]
for (const [reason, text] of bad) {
  test(`${JSON.stringify(text)} is no address to listen on: ${reason}`, () => {
    assert.ok('fault' in parseListenAddress(text))
  })
}

test('writing and reading an address gives the same one', () => {
  const host = fc.oneof(fc.ipV4(), fc.constantFrom('::', '::1', 'fd00::7'))
  fc.assert(
    fc.property(host, fc.nat(65_535), (host, port) => {
      assert.deepEqual(parseListenAddress(formatListenAddress({ host, port })), { host, port })
    }),
  )
})

const entrances = guardedEntrances.filter((entrance) => entrance !== 'services')
for (const entrance of entrances) {
  test(`${entrance}.listen leaves loopback only with its own flag or variable, which the message names`, (t) => {
    const folder = settingsFolder(
      t,
      `${entrance}: { listen: ${['proxy', 'socks'].includes(entrance) ? '["[::]:4000"]' : '"[::]:4000"'} }\n`,
    )
    const others = entrances.filter((other) => other !== entrance)
    const instead = entrance === 'admin' ? 'set admin.identity to serve it over TLS, or ' : ''
    const variable = `VEDETTE_UNSAFE_${entrance.toUpperCase()}_LISTEN`
    assert.deepEqual(failureOf(folder, { unsafe: others }), {
      code: 'OPERATOR_UNSAFE_ADDRESS',
      says: [
        `${entrance}.listen [::]:4000 is outside loopback: if it is meant, ${instead}give --unsafe-${entrance}-listen or ${variable}=true`,
      ],
    })
    assert.equal(failureOf(folder, { environment: { [variable]: 'false' } }).code, 'OPERATOR_UNSAFE_ADDRESS')
    load(folder, { unsafe: [entrance] })
    load(folder, { environment: { [variable]: 'true' } })
  })
}

test('admin.listen may leave loopback over TLS of its own', (t) => {
  load(settingsFolder(t, 'admin: { listen: "0.0.0.0:4000", identity: manager }\n'))
})

test('one address outside loopback among several is enough, and every one is named', (t) => {
  const flags = { 'proxy.listen': '127.0.0.1:1,0.0.0.0:2,10.0.0.1:3', 'health.listen': '0.0.0.0:4' }
  const { says } = failureOf(settingsFolder(t), { flags })
  for (const address of ['0.0.0.0:2', '10.0.0.1:3', '0.0.0.0:4']) assert.ok(says[0]?.includes(` ${address} is outside`))
  assert.ok(!says[0]?.includes('127.0.0.1:1'))
})
