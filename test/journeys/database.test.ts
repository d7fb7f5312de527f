/**
 * Goal: a client that speaks MySQL's protocol with ssl off works with a server that lets it in over TLS only. Method: the
 * real MariaDB and its own client on loopback, through one service each for what may be and what may not.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { makeTrust } from '../kit/make-trust.ts'
import { startMariadb } from '../kit/real-servers.ts'
import { type MysqlTalk, startMysqlServer } from '../kit/start-mysql-server.ts'
import { runProgram, type Sidecar, startSidecar } from '../kit/start-sidecar.ts'

const cleaning: (() => unknown)[] = []
const cleaner = { after: (clean: () => unknown) => void cleaning.push(clean) }
let sidecar: Sidecar
let mariadb: number

before(async () => {
  const trust = await makeTrust(['backend.localhost'])
  mariadb = await startMariadb(cleaner, trust.leaf)
  const { port: wantsPassword } = await startMysqlServer(cleaner, { leaf: trust.leaf, talk: takePassword })
  const service = (name: string, host: string, port = mariadb, accept = '127.0.0.1:0') =>
    `  - { name: ${name}, accept: "${accept}", connect: "tls://${host}:${port}", starttls: mysql }\n`
  sidecar = await startSidecar(cleaner, {
    trust: { corp: trust.ca.certificate },
    spec: 'strictTls: { defaultTrustStore: none, customTrustStores: [corp] }',
    settings:
      `services:\n${service('database', 'backend.localhost')}${service('misnamed', 'other.localhost')}` +
      service('cold', 'backend.localhost', wantsPassword) +
      service('socket', 'backend.localhost', wantsPassword, 'unix:mysql.sock'),
  })
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

/** A server with caching_sha2_password and an empty cache, which MariaDB is not: it wants the password itself. */
async function takePassword(inside: MysqlTalk): Promise<void> {
  const { number } = await inside.hear()
  inside.say(number + 1, '\x01\x04')
  const { payload } = await inside.hear()
  const isRight = payload.toString() === 'secret\0'
  inside.say(number + 3, isRight ? '\x00\x00\x00\x02\x00\x00\x00' : '\xff\x15\x04#28000Access denied')
  await inside.hear()
  inside.say(1, '\xff\x15\x04#42000the login was taken')
}

/** Runs statements with the usual client; `ssl` stays off unless the test is about that. */
function mariadbClient(port: number, statements: string, args: readonly string[] = ['--skip-ssl']) {
  const where = [
    '--no-defaults',
    '--protocol=tcp',
    '-h',
    '127.0.0.1',
    '-P',
    String(port),
    '-u',
    'ann',
    '-psecret',
    '-D',
    'information_schema',
  ]
  return runProgram('mariadb', [...where, '-N', '-B', ...args, '-e', statements])
}

describe('MariaDB', () => {
  it('does not let its client in without TLS, when it comes by itself', async () => {
    const { code, stderr } = await mariadbClient(mariadb, 'select 1')
    assert.notEqual(code, 0)
    assert.match(stderr, /ERROR 1045 .*Access denied for user 'ann'/)
  })

  it('answers it in plain text by the service, and says that it was reached by TLS', async () => {
    const statements =
      "select 6 * 7; show status like 'Ssl_version'; select length(repeat('x', 3000000)); select database()"
    const { stdout, stderr } = await mariadbClient(sidecar.servicePort('database'), statements)
    assert.equal(stdout, '42\nSsl_version\tTLSv1.3\n3000000\ninformation_schema\n', stderr)
    const line = await sidecar.line(({ event, entrance }) => event === 'tunnel' && entrance === 'database')
    assert.deepEqual(
      [line.error, line.verdict, (line.tls as { protocol: string }).protocol],
      [undefined, 'trusted', 'TLSv1.3'],
    )
  })

  for (const more of [[], ['--compress']]) {
    it(`carries an answer of over 16 MiB ${more.join('')}`, async () => {
      const args = ['--skip-ssl', '--max-allowed-packet=64M', ...more]
      const { stdout, stderr } = await mariadbClient(
        sidecar.servicePort('database'),
        "select repeat('y', 17000000)",
        args,
      )
      assert.equal(stdout.length, 17_000_001, stderr)
    })
  }

  it("tells a wrong password in the server's own words", async () => {
    const { code, stderr } = await mariadbClient(sidecar.servicePort('database'), 'select 1', ['--skip-ssl', '-pwrong'])
    assert.notEqual(code, 0)
    assert.match(stderr, /^ERROR 1045 \(28000\): Access denied for user 'ann'@'127.0.0.1' \(using password: YES\)/m)
  })

  it('is not reached under a name that its certificate does not have, and the client is told which code to look for', async () => {
    const { code, stdout, stderr } = await mariadbClient(sidecar.servicePort('misnamed'), 'select 1')
    assert.equal(stdout, '')
    assert.notEqual(code, 0)
    assert.match(stderr, /^ERROR 1043 \(08S01\): vedette: POLICY_VERDICT_REFUSED$/m)
    const line = await sidecar.line(({ event, entrance }) => event === 'tunnel' && entrance === 'misnamed')
    assert.equal(line.error, 'POLICY_VERDICT_REFUSED')
    assert.deepEqual(line.findings, ['name-mismatch'])
  })

  it('is judged by a probe as it stands', async () => {
    const asked = ['probe', `backend.localhost:${mariadb}`, '--starttls', 'mysql', '-c', 'vedette.yaml']
    const { code, stdout, stderr } = await sidecar.vedette(asked)
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^verdict {3}trusted$/m)
  })

  it('offers no TLS to a client that insists on it', async () => {
    const { code, stderr } = await mariadbClient(sidecar.servicePort('database'), 'select 1', [
      '--ssl',
      '--ssl-verify-server-cert',
    ])
    assert.notEqual(code, 0)
    assert.match(stderr, /SSL is required, but the server does not support it/)
  })
})

describe('a server that wants the password itself', () => {
  it('is not given it by a client over TCP, and the log says what to do', async () => {
    const { stderr } = await mariadbClient(sidecar.servicePort('cold'), 'select 1')
    // The client waits for a key and has its own words for everything else.
    assert.match(stderr, /^ERROR 2061 .*RSA public key/)
    const { error, message } = await sidecar.line(({ event, entrance }) => event === 'tunnel' && entrance === 'cold')
    assert.equal(error, 'CALLER_BAD_LOGIN')
    assert.match(String(message), /wants the password itself .*: accept it on a socket file/)
  })

  it('is given it by a client that comes by a socket file', async () => {
    const args = [
      '--no-defaults',
      `--socket=${sidecar.folder}/mysql.sock`,
      '-u',
      'ann',
      '-psecret',
      '--skip-ssl',
      '-e',
      'select 1',
    ]
    const { stderr } = await runProgram('mariadb', args)
    assert.match(stderr, /the login was taken/)
  })
})
