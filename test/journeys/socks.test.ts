/** SOCKS5 in the real product: curl, Python without any library, and users that change under way. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { needTools } from '../../bench/rig/tools.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend, type TestBackend } from '../kit/start-backend.ts'
import { runProgram, type Sidecar, startSidecar } from '../kit/start-sidecar.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
let good: TestBackend
let stranger: TestBackend
let sidecar: Sidecar
let ca: string

before(async () => {
  await needTools(['curl', 'python3'])
  const trust = await makeTrust(['backend.localhost'])
  const other = await makeTrust(['backend.localhost'], { name: 'stranger' })
  good = await startBackend(cleaner, { certificate: trust.leaf })
  stranger = await startBackend(cleaner, { certificate: other.leaf })
  sidecar = await startSidecar(cleaner, {
    trust: { corp: trust.ca.certificate },
    spec: 'strictTls: { defaultTrustStore: none, customTrustStores: [corp] }',
    settings: 'socks: { listen: ["127.0.0.1:0"] }\n',
  })
  ca = path.join(sidecar.folder, 'truststores', 'corp', 'certificates.pem')
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

const curl = (...args: string[]) => {
  const door = `127.0.0.1:${sidecar.servicePort('socks')}`
  return runProgram('curl', ['-sS', '--max-time', '20', '--cacert', ca, '--socks5-hostname', door, ...args])
}
const urlOf = (backend: TestBackend) => `https://backend.localhost:${backend.port}/`

test('curl reaches a trusted backend by its name, and the log says how', async () => {
  assert.equal((await curl(urlOf(good))).stdout, 'ok')
  const line = await sidecar.line(({ entrance, verdict }) => entrance === 'socks' && verdict === 'trusted')
  assert.deepEqual([line.event, line.port], ['tunnel', good.port])
})

test('curl is refused by the ruleset where the policy refuses the backend', async () => {
  const { code, stderr } = await curl('-k', urlOf(stranger))
  assert.notEqual(code, 0)
  assert.match(stderr, /\(2\)/)
  assert.deepEqual(stranger.requests, [])
  await sidecar.line(({ entrance, error }) => entrance === 'socks' && error === 'POLICY_VERDICT_REFUSED')
})

test('Python, which says all of it at once and speaks TLS behind it', async () => {
  const script = `
import socket, ssl, sys
port, ca, backend = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
name = b'backend.localhost'
raw = socket.create_connection(('127.0.0.1', port))
raw.sendall(b'\\x05\\x01\\x00' + b'\\x05\\x01\\x00\\x03' + bytes([len(name)]) + name + backend.to_bytes(2, 'big'))
answer = b''
while len(answer) < 12: answer += raw.recv(12 - len(answer))
assert answer[:4] == b'\\x05\\x00\\x05\\x00', answer
tls = ssl.create_default_context(cafile=ca).wrap_socket(raw, server_hostname=name.decode())
tls.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
print(tls.recv(65536).decode().splitlines()[0])
`
  const args = ['-c', script, String(sidecar.servicePort('socks')), ca, String(good.port)]
  const { stdout, stderr } = await runProgram('python3', args)
  assert.match(stdout, /^HTTP\/1\.1 200/, stderr)
})

test('users come into force with the file that lists them, and change with it', async () => {
  const file = path.join(sidecar.folder, 'vedette.yaml')
  const users = path.join(sidecar.folder, 'users')
  const applied = () => sidecar.lines('generation.active').length
  const change = async (to: string, text: string) => {
    const before = applied()
    writeFileSync(to, text)
    await sidecar.vedette(['reload'])
    await sidecar.until(() => applied() > before)
  }
  writeFileSync(users, '# who may\nalice:first\n')
  await change(
    file,
    `apiVersion: vedette/v1\nkind: Settings\nproxy: { listen: ["127.0.0.1:0"] }\nadmin: { listen: "127.0.0.1:0" }
health: { listen: "127.0.0.1:0" }\nsocks: { listen: ["127.0.0.1:0"], users: users }\n`,
  )
  assert.equal((await curl('--proxy-user', 'alice:first', urlOf(good))).stdout, 'ok')
  assert.notEqual((await curl('--proxy-user', 'alice:second', urlOf(good))).code, 0)
  assert.notEqual((await curl(urlOf(good))).code, 0)
  await change(users, 'alice:second\n')
  assert.equal((await curl('--proxy-user', 'alice:second', urlOf(good))).stdout, 'ok')
  assert.notEqual((await curl('--proxy-user', 'alice:first', urlOf(good))).code, 0)
  assert.ok(!JSON.stringify(sidecar.log).includes('second'), 'no password is logged')
})
