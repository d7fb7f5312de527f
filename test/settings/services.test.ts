import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { failureOf, load, settingsFolder } from './settings-kit.ts'

test('a service gets from the settings what it leaves out', (t) => {
  const folder = settingsFolder(
    t,
    'limits: { tunnels: 7 }\ntimeouts: { connect: 1s, handshake: 2s, idle: 3s }\n' +
      'services:\n  - { name: ldaps, accept: "127.0.0.1:389", connect: "tls://LDAP.tinynet.example.:636" }\n',
  )
  assert.deepEqual(load(folder).settings.services, [
    {
      name: 'ldaps',
      accept: { kind: 'tcp', host: '127.0.0.1', port: 389 },
      connect: [{ scheme: 'tls', authority: 'ldap.tinynet.example:636' }],
      failover: 'priority',
      limits: { connections: 7 },
      timeouts: { connectMs: 1000, handshakeMs: 2000, idleMs: 3000 },
      proxyProtocol: { from: [] },
    },
  ])
})

test('every key of a service arrives, and a relative socket file stands beside the settings', (t) => {
  const folder = settingsFolder(
    t,
    `services:
  - name: mail
    accept: unix:run/mail.sock
    mode: "0660"
    connect: [tls://a.example:587, "tls://[::1]:587"]
    failover: roundRobin
    starttls: smtp
    limits: { connections: 2 }
    timeouts: { connect: 1s, handshake: 2s, idle: 3s }
    proxyProtocol: { in: either, from: [unix, 10.0.0.0/8], out: v2 }
  - { name: plain, accept: "tcp://[::1]:0", connect: "tcp://b.example:25" }
`,
  )
  const [mail, plain] = load(folder).settings.services
  assert.deepEqual(mail, {
    name: 'mail',
    accept: { kind: 'unix', path: join(folder, 'run/mail.sock'), mode: 0o660 },
    connect: [
      { scheme: 'tls', authority: 'a.example:587' },
      { scheme: 'tls', authority: '[::1]:587' },
    ],
    failover: 'roundRobin',
    starttls: 'smtp',
    limits: { connections: 2 },
    timeouts: { connectMs: 1000, handshakeMs: 2000, idleMs: 3000 },
    proxyProtocol: { in: 'either', from: ['unix', '10.0.0.0/8'], out: 'v2' },
  })
  assert.deepEqual(plain?.accept, { kind: 'tcp', host: '::1', port: 0 })
  assert.deepEqual(plain?.connect, [{ scheme: 'tcp', authority: 'b.example:25' }])
})

test('TLS towards callers arrives as what its workers need', (t) => {
  const folder = settingsFolder(
    t,
    `services:
  - name: front
    accept: tls://0.0.0.0:992
    connect: tcp://host.example:23
    tls:
      certificate: gateway
      protocols: [TLSv1.2]
      ciphers: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]
      verifyClient: required
      trustStores: [callers]
      allow: { dns: [App.Example.], ip: ["2001:DB8::1"], email: [Ops@Corp.Example] }
`,
  )
  const [front] = load(folder).settings.services
  assert.deepEqual(front?.accept, { kind: 'tcp', host: '0.0.0.0', port: 992 })
  const { offer, ...tls } = front.tls ?? assert.fail('there is no TLS')
  assert.deepEqual(tls, {
    certificate: 'gateway',
    verifyClient: 'required',
    trustStores: ['callers'],
    revocation: { mode: 'soft', sources: ['crl'] },
    allow: ['dns:app.example', 'ip:2001:db8::1', 'email:Ops@corp.example'],
  })
  assert.deepEqual(offer.protocols, ['TLSv1.2'])
  assert.deepEqual(offer.openssl.legacy, ['ECDHE-ECDSA-AES256-GCM-SHA384'])
})

test('WebSockets in and out arrive with what is left out, and a path where none is said', (t) => {
  const folder = settingsFolder(
    t,
    `services:
  - name: orders
    accept: ws://127.0.0.1:9001/orders
    connect: [wss://A.example:9443/in?b=c, "ws://[::1]:80"]
    webSocket: { origins: [https://app.example], protocols: [orders.v2] }
    backendWebSocket: { protocols: [mqtt, v3], origin: https://app.example, messageBytes: 2048, ping: 1s }
  - { name: out, accept: "127.0.0.1:0", connect: "wss://a.example:1/" }
`,
  )
  const [orders, out] = load(folder).settings.services
  assert.deepEqual(orders?.connect, [
    { scheme: 'wss', authority: 'a.example:9443', path: '/in?b=c' },
    { scheme: 'ws', authority: '[::1]:80', path: '/' },
  ])
  assert.deepEqual(orders.webSocket, {
    path: '/orders',
    origins: ['https://app.example'],
    protocols: ['orders.v2'],
    messageBytes: 1_048_576,
    pingMs: 30_000,
  })
  assert.deepEqual(orders.backendWebSocket, {
    protocols: ['mqtt', 'v3'],
    origin: 'https://app.example',
    messageBytes: 2048,
    pingMs: 1000,
  })
  assert.deepEqual(out?.webSocket, undefined)
  assert.deepEqual(out?.backendWebSocket, { protocols: [], messageBytes: 1_048_576, pingMs: 30_000 })
})

test('what callers speak on a socket file stands in front of it', (t) => {
  const word = 'connect: "tls://a.example:1"'
  const folder = settingsFolder(
    t,
    `services:
  - { name: tls, accept: "tls+unix:run/a.sock", mode: "0660", ${word}, tls: { certificate: gw, verifyClient: required, trustStores: [c] } }
  - { name: ws, accept: "ws+unix:/run/b.sock:/orders", ${word} }
  - { name: wss, accept: "wss+unix:/run/c.sock", ${word}, tls: { certificate: gw } }
  - { name: tokens, accept: "tls+unix:/run/d.sock", tls: { certificate: gw }, tokens: { keys: k } }
`,
  )
  const { services } = load(folder).settings
  assert.deepEqual(
    services.map(({ accept, tls, webSocket }) => [accept, tls?.verifyClient, webSocket?.path]),
    [
      [{ kind: 'unix', path: join(folder, 'run/a.sock'), mode: 0o660 }, 'required', undefined],
      [{ kind: 'unix', path: '/run/b.sock', mode: 0o600 }, undefined, '/orders'],
      [{ kind: 'unix', path: '/run/c.sock', mode: 0o600 }, 'none', '/'],
      [{ kind: 'unix', path: '/run/d.sock', mode: 0o600 }, 'none', undefined],
    ],
  )
})

test('TLS outside loopback needs a word unless callers must show who they are', (t) => {
  const front = (tls: string) =>
    `services:\n  - { name: a, accept: "tls://0.0.0.0:992", connect: "tls://a.example:1", tls: { certificate: gw, ${tls} } }\n`
  const known = settingsFolder(t, front('verifyClient: required, trustStores: [callers]'))
  assert.equal(load(known).settings.services.length, 1)
  const optional = settingsFolder(t, front('verifyClient: optional, trustStores: [callers]'))
  assert.match(failureOf(optional).says.join(), /services\[0\]\.accept 0\.0\.0\.0:992 is outside loopback/)
})

const tlsEntry = (tls: string) =>
  `{ name: a, accept: "tls://127.0.0.1:0", connect: "tls://a.example:1", tls: { ${tls} } }`

const good = 'accept: "127.0.0.1:0", connect: "tls://a.example:1"'
const bad: readonly [reason: string, entry: string, says: string][] = [
  [
    'tokens that would travel in plain text',
    '{ name: a, accept: "127.0.0.1:0", tokens: { keys: k } }',
    '[0].tokens: would travel in plain text',
  ],
  [
    'two that say where to connect',
    '{ name: a, accept: "tls://127.0.0.1:0", connect: "tls://a.example:1", tls: { certificate: gw }, tokens: { keys: k } }',
    '[0].connect: has no effect beside tokens',
  ],
  [
    'a certificate asked for where there is no TLS',
    `{ name: a, ${good}, tls: { certificate: gw, verifyClient: required, trustStores: [c] } }`,
    '[0].tls.verifyClient: cannot ask anybody for a certificate on an entrance that accepts plain text: write accept: tls://',
  ],
  [
    'TLS said of a plain entrance',
    `{ name: a, ${good}, tls: { certificate: gw } }`,
    '[0].tls: has no effect on an entrance that accepts plain text',
  ],
  [
    'TLS said of a socket file',
    '{ name: a, accept: "unix:a.sock", connect: "tls://a.example:1", tls: { certificate: gw } }',
    '[0].tls: has no effect on an entrance that accepts plain text: write accept: tls+unix:…',
  ],
  [
    'TLS without a certificate on a socket file',
    '{ name: a, accept: "tls+unix:a.sock", connect: "tls://a.example:1" }',
    '[0].tls: is missing: tls+unix: needs tls.certificate',
  ],
  [
    'tokens in plain text on a socket file',
    '{ name: a, accept: "unix:a.sock", tokens: { keys: k } }',
    '[0].tokens: would travel in plain text: write accept: tls+unix:…',
  ],
  [
    'a socket file that nobody speaks at so',
    '{ name: a, accept: "tcp+unix:a.sock", connect: "tls://a.example:1" }',
    '[0].accept: expected an address such as',
  ],
  [
    'a path of a WebSocket that begins with no slash',
    '{ name: a, accept: "ws+unix:a.sock:orders", connect: "tls://a.example:1" }',
    '[0].accept: expected a path of at most 103 bytes behind unix:',
  ],
  [
    'TLS without a certificate',
    '{ name: a, accept: "tls://127.0.0.1:0", connect: "tls://a.example:1" }',
    '[0].tls: is missing: tls:// needs tls.certificate',
  ],
  [
    'callers that nobody vouches for',
    tlsEntry('certificate: gw, verifyClient: required'),
    '[0].tls.trustStores: is missing',
  ],
  [
    'a list of callers that are never asked',
    tlsEntry('certificate: gw, allow: { dns: [a.example] }'),
    '[0].tls.allow: needs verifyClient',
  ],
  [
    'nobody to be listed',
    tlsEntry('certificate: gw, verifyClient: required, trustStores: [c], allow: {}'),
    '[0].tls.allow: expected at least one list of names',
  ],
  [
    'a protocol that is too old to take from callers',
    tlsEntry('certificate: gw, protocols: [TLSv1.1]'),
    '[0].tls.protocols[0]: expected one of TLSv1.3, TLSv1.2',
  ],
  [
    'suites that leave a protocol without one',
    tlsEntry('certificate: gw, protocols: [TLSv1.3, TLSv1.2], ciphers: [TLS_AES_256_GCM_SHA384]'),
    '[0].tls.ciphers: no suite for TLSv1.2',
  ],
  ['an unknown key means nothing', `{ name: a, ${good}, tsl: 1 }`, '[0].tsl: is not a known key'],
  ['a name is needed', `{ ${good} }`, '[0].name: is missing'],
  ['the proxy is an entrance too', `{ name: proxy, ${good} }`, '[0].name: expected a name of its own, found "proxy"'],
  [
    'a host name may come to mean another address',
    '{ name: a, accept: "me:1", connect: "tls://a.example:1" }',
    '[0].accept: expected an address such as',
  ],
  [
    'a socket file needs a path',
    '{ name: a, accept: "unix:", connect: "tls://a.example:1" }',
    '[0].accept: expected a path of at most 103 bytes',
  ],
  [
    'a scheme says whether TLS is spoken',
    '{ name: a, accept: "127.0.0.1:0", connect: "a.example:1" }',
    '[0].connect: expected tls://host:port',
  ],
  [
    'a service has no default port',
    '{ name: a, accept: "127.0.0.1:0", connect: "tls://a.example" }',
    '[0].connect: expected tls://host:port, or tcp://host:port for plain text: it has no port',
  ],
  [
    'the second backend is judged like the first',
    '{ name: a, accept: "127.0.0.1:0", connect: ["tls://a.example:1", "x"] }',
    '[0].connect[1]: expected tls://host:port',
  ],
  ['no backend at all', '{ name: a, accept: "127.0.0.1:0", connect: [] }', '[0].connect: is missing: expected'],
  [
    'plain text and STARTTLS contradict each other',
    '{ name: a, accept: "127.0.0.1:0", connect: "tcp://a.example:1", starttls: smtp }',
    '[0].connect[0]: tcp:// is plain text',
  ],
  [
    'a dialect that asks its caller before there is a WebSocket',
    '{ name: a, accept: "ws://127.0.0.1:0/", connect: "tls://a.example:1", starttls: mysql }',
    '[0].starttls: MySQL asks its client before TLS',
  ],
  ['a dialect nobody speaks', `{ name: a, ${good}, starttls: gopher }`, '[0].starttls: expected one of smtp'],
  [
    'anybody could pose as everybody',
    `{ name: a, ${good}, proxyProtocol: { in: v1 } }`,
    '[0].proxyProtocol.in: needs from',
  ],
  [
    'peers without a header',
    `{ name: a, ${good}, proxyProtocol: { from: [127.0.0.1] } }`,
    '[0].proxyProtocol.from: has no effect without in',
  ],
  [
    'a peer that is no address',
    `{ name: a, ${good}, proxyProtocol: { in: v1, from: [lb] } }`,
    '[0].proxyProtocol.from[0]: expected',
  ],
  [
    'STARTTLS of a backend that is asked in HTTP',
    '{ name: a, accept: "127.0.0.1:0", connect: "wss://a.example:1/", starttls: smtp }',
    '[0].connect[0]: wss:// is asked for in HTTP, and starttls in the words of another protocol',
  ],
  [
    'words for backends of which none speaks WebSocket',
    `{ name: a, ${good}, backendWebSocket: { protocols: [x] } }`,
    '[0].backendWebSocket: has no effect without connect: ws:// or wss://',
  ],
  [
    'a caller that would have to answer before it could',
    '{ name: a, accept: "ws://127.0.0.1:0", connect: "tls://a.example:1", webSocket: { ping: 0s } }',
    '[0].webSocket.ping: expected 1s or longer',
  ],
  [
    'a backend that would have to',
    '{ name: a, accept: "127.0.0.1:0", connect: "ws://a.example:1/", backendWebSocket: { ping: 999ms } }',
    '[0].backendWebSocket.ping: expected 1s or longer',
  ],
  [
    'words for callers that do not come by WebSocket',
    '{ name: a, accept: "127.0.0.1:0", connect: "ws://a.example:1/", webSocket: { ping: 1s } }',
    '[0].webSocket: has no effect without accept: ws:// or wss://',
  ],
  [
    'a backend that would be asked for in a token',
    '{ name: a, accept: "tls://127.0.0.1:0", tls: { certificate: gw }, tokens: { keys: k }, backendWebSocket: { ping: 1s } }',
    '[0].backendWebSocket: has no effect',
  ],
  [
    'a fragment, which nobody is ever sent',
    '{ name: a, accept: "127.0.0.1:0", connect: "wss://a.example:1/x#y" }',
    '[0].connect: expected wss://host:port/path',
  ],
  [
    'a path of a backend that takes a stream of bytes',
    '{ name: a, accept: "127.0.0.1:0", connect: "tls://a.example:1/x" }',
    '[0].connect: expected tls://host:port',
  ],
  [
    'a WebSocket without a port',
    '{ name: a, accept: "127.0.0.1:0", connect: "wss://a.example/x" }',
    '[0].connect: expected wss://host:port/path, or ws://host:port/path for plain text: it has no port',
  ],
  [
    'a protocol that is offered twice',
    '{ name: a, accept: "127.0.0.1:0", connect: "wss://a.example:1/", backendWebSocket: { protocols: [x, x] } }',
    '[0].backendWebSocket.protocols: expected each name once',
  ],
  [
    'an origin that is a whole URL',
    '{ name: a, accept: "127.0.0.1:0", connect: "wss://a.example:1/", backendWebSocket: { origin: "https://a.example/x" } }',
    '[0].backendWebSocket.origin: expected an origin such as',
  ],
  ['bits in decimal', `{ name: a, ${good}, mode: "999" }`, '[0].mode: expected the bits of the socket file'],
  [
    'a deadline of nothing',
    `{ name: a, ${good}, timeouts: { connect: 0s } }`,
    '[0].timeouts.connect: expected more than 0',
  ],
]
for (const [reason, entry, says] of bad) {
  test(`a bad service is refused: ${reason}`, (t) => {
    const failure = failureOf(settingsFolder(t, `services:\n  - ${entry}\n`))
    assert.equal(failure.code, 'OPERATOR_BAD_DOCUMENT')
    const [line = '', ...others] = failure.says
    assert.deepEqual(others, [])
    assert.match(line, /^vedette\.yaml:2:\d+ services/)
    assert.ok(line.includes(says), line)
  })
}

test('all faults of all services are told, and two of one name are one too many', (t) => {
  const text = `services:\n  - { name: a, ${good} }\n  - { name: a, ${good}, starttls: x }\n  - { name: b, accept: 1, connect: x }\n`
  const { says } = failureOf(settingsFolder(t, text))
  assert.deepEqual(
    says.map((line) => line.split(': ')[0]?.split(' ')[1]),
    ['services[1].starttls', 'services[2].accept', 'services[2].connect'],
  )
  const twice = failureOf(settingsFolder(t, `services:\n  - { name: a, ${good} }\n  - { name: a, ${good} }\n`))
  assert.match(twice.says[0] ?? '', /^vedette\.yaml:3:\d+ services\[1\]\.name: expected a name of its own, found "a"/)
})

test('leaving loopback needs the word for services, and no other', (t) => {
  const folder = settingsFolder(t, 'services:\n  - { name: a, accept: "0.0.0.0:1", connect: "tls://a.example:1" }\n')
  const { code, says } = failureOf(folder, { unsafe: ['proxy'] })
  assert.equal(code, 'OPERATOR_UNSAFE_ADDRESS')
  assert.match(
    says[0] ?? '',
    /^services\[0\]\.accept 0\.0\.0\.0:1 is outside loopback: .*--unsafe-services-listen or VEDETTE_UNSAFE_SERVICES_LISTEN=true/,
  )
  load(folder, { unsafe: ['services'] })
  load(folder, { environment: { VEDETTE_UNSAFE_SERVICES_LISTEN: 'true' } })
})

test('two services cannot share a port or a socket file', (t) => {
  const two = (accept: string) =>
    `services:\n  - { name: a, accept: "${accept}", connect: "tls://a.example:1" }\n  - { name: b, accept: "${accept}", connect: "tls://a.example:1" }\n`
  for (const accept of ['127.0.0.1:4', 'unix:x.sock']) {
    assert.match(
      failureOf(settingsFolder(t, two(accept))).says[0] ?? '',
      /services\[1\]\.accept: .* is an address of services\[0\]\.accept already/,
    )
  }
  load(settingsFolder(t, two('127.0.0.1:0')))
})
