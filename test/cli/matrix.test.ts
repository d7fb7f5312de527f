/** `probe --matrix` against real servers that are limited in known ways: what it tells is what was configured. */
import assert from 'node:assert/strict'
import net from 'node:net'
import { describe, it } from 'node:test'
import tls from 'node:tls'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { startNginx, startOpensslServer } from '../kit/real-backends.ts'
import { misbehaviours, startBackend, startRawBackend } from '../kit/start-backend.ts'
import { makeFolder, policyText, runCli } from './run-cli.ts'

const pair = await makeCertificate({ subject: 'app', keyType: 'rsa', sans: { dns: ['app.localhost'] } })
const spec = '  destinations: { allowAddresses: [127.0.0.0/8] }'

async function matrixOf(port: number, ...more: string[]) {
  const argv = ['probe', `app.localhost:${port}`, '--matrix', '--json', '--policy', '-', ...more]
  const { status, stdout } = await runCli(argv, { stdin: policyText(spec) })
  return { status, ...JSON.parse(stdout) }
}

describe('probe --matrix', () => {
  it('tells of an nginx with two suites of TLS 1.2 and two curves exactly that', async (t) => {
    const port = await startNginx(
      t,
      pair,
      `ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA; ssl_ecdh_curve secp384r1:prime256v1;
       ssl_session_cache off; ssl_session_tickets off;`,
    )
    const found = await matrixOf(port)
    assert.equal(found.status, 0)
    assert.deepEqual(found.protocols, ['TLSv1.2'])
    assert.deepEqual([...found.suites['TLSv1.2']].sort(), [
      'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
      'TLS_RSA_WITH_AES_128_CBC_SHA',
    ])
    assert.deepEqual([...found.groups].sort(), ['P-256', 'P-384'])
    assert.equal(found.serverName, 'same with and without')
    assert.equal(found.largeHello, 'answered in the classic way')
    assert.deepEqual([found.staples, found.resumes, found.complete], [false, false, true])
    assert.deepEqual(found.tightest.tls.ciphers, ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'])

    const rule = { ...found.tightest, enforcement: 'report' }
    const stdin = policyText(`${spec}\n  rules:\n    - ${JSON.stringify(rule)}`)
    const probed = await runCli(['probe', `app.localhost:${port}`, '--json', '--policy', '-'], { stdin })
    const { verdict, tls } = JSON.parse(probed.stdout)
    assert.equal(tls.cipher, 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384')
    assert.ok(!verdict.findings.some(({ name }: { name: string }) => name.endsWith('-refused')))
  })

  it('tells of an openssl s_server with TLS 1.3 alone, one suite and one group, and that it resumes', async (t) => {
    const args = ['-tls1_3', '-ciphersuites', 'TLS_AES_256_GCM_SHA384', '-groups', 'P-256']
    const found = await matrixOf(await startOpensslServer(t, pair, args))
    assert.deepEqual(found.protocols, ['TLSv1.3'])
    assert.deepEqual(found.suites, { 'TLSv1.3': ['TLS_AES_256_GCM_SHA384'] })
    assert.deepEqual(found.groups, ['P-256'])
    assert.equal(found.resumes, true)
  })

  it('tells a name that is minded: another certificate without it', async (t) => {
    const other = await makeCertificate({ subject: 'other', keyType: 'rsa', sans: { dns: ['other.test'] } })
    const folder = makeFolder(t, { 'other.crt': other.certificate, 'other.key': other.key })
    const named = ['-servername', 'app.localhost', '-cert2', `${folder}/other.crt`, '-key2', `${folder}/other.key`]
    const found = await matrixOf(await startOpensslServer(t, pair, [...named, '-tls1_3']))
    assert.equal(found.serverName, 'another certificate without')
  })

  it('tells of a backend that breaks off at a large hello, and suggests none', async (t) => {
    const backend = await startBackend(t, { certificate: pair })
    // What stands in the way of many backends: a box that wants the hello in one packet.
    const box = await startRawBackend(t, {
      onSocket: (socket) =>
        socket.once('data', (hello) => {
          if (hello.length > 1400) return socket.resetAndDestroy()
          const onward = net.connect(backend.port, '127.0.0.1', () => onward.write(hello))
          onward.on('error', () => socket.destroy())
          socket.pipe(onward).pipe(socket)
        }),
    })
    const found = await matrixOf(box.port)
    assert.equal(found.largeHello, 'broken off')
    assert.equal(found.tightest.tls.postQuantum, 'off')
    assert.equal((await matrixOf(backend.port)).largeHello, 'taken')
  })

  it('tells of a backend that breaks off when a name is sent, and still what it accepts without', async (t) => {
    const SNICallback = (_name: string, done: (error: Error) => void) => done(new Error('no names here'))
    const disliking = await startBackend(t, { certificate: pair, tls: { SNICallback, maxVersion: 'TLSv1.2' } })
    const found = await matrixOf(disliking.port)
    assert.deepEqual([found.serverName, found.protocols], ['disliked', ['TLSv1.2']])
    assert.equal(found.tightest.sni, false)
    const liking = await startBackend(t, { certificate: pair, tls: { maxVersion: 'TLSv1.2' } })
    assert.equal((await matrixOf(liking.port)).tightest.sni, undefined)
  })

  it('tells of a backend that answers nobody without a name', async (t) => {
    const backend = await startBackend(t, { certificate: pair })
    const hidden = await startRawBackend(t, {
      onSocket: (socket) =>
        socket.once('data', (hello) => {
          if (!hello.includes('app.localhost')) return socket.resetAndDestroy()
          const onward = net.connect(backend.port, '127.0.0.1', () => onward.write(hello))
          onward.on('error', () => socket.destroy())
          socket.pipe(onward).pipe(socket)
        }),
    })
    const found = await matrixOf(hidden.port)
    assert.deepEqual([found.serverName, found.protocols.length > 0], ['needed', true])
  })

  it('tells of a staple that comes, and of none where none does', async (t) => {
    const stapling = await startBackend(t, {
      certificate: pair,
      tls: { ecdhCurve: 'X25519:P-256' },
      onServer: (server) =>
        server.on('OCSPRequest', (_certificate, _issuer, reply: (error: null, staple: Buffer) => void) =>
          reply(null, Buffer.from('3003020100', 'hex')),
        ),
    })
    assert.equal((await matrixOf(stapling.port)).staples, true)
  })

  it('asks for TLS in the words of a protocol each time, and says of a backend that offers none that it does', async (t) => {
    const speaking = await startRawBackend(t, {
      onSocket: (socket) => {
        const options = { isServer: true, cert: pair.certificate, key: pair.key, maxVersion: 'TLSv1.2' } as const
        socket.once('data', () => {
          socket.write('S', () => new tls.TLSSocket(socket, options).on('error', () => {}))
        })
      },
    })
    const found = await matrixOf(speaking.port, '--starttls', 'pgsql')
    assert.deepEqual([found.status, found.protocols], [0, ['TLSv1.2']])
    assert.ok(found.suites['TLSv1.2'].length > 1)
    const silent = await startRawBackend(t, { onSocket: (socket) => socket.once('data', () => socket.write('N')) })
    const argv = ['probe', `app.localhost:${silent.port}`, '--matrix', '--starttls', 'pgsql', '--policy', '-']
    const { status, stderr } = await runCli(argv, { stdin: policyText(spec) })
    assert.match(stderr, /does not offer TLS/)
    assert.notEqual(status, 0)
  })

  it('stays within its limits, dials one at a time, and calls a backend that takes nothing refused', async (t) => {
    let most = 0
    let open = 0
    const backend = await startRawBackend(t, {
      onSocket: (socket) => {
        open += 1
        most = Math.max(most, open)
        socket.on('close', () => {
          open -= 1
        })
        misbehaviours.resets(socket)
      },
    })
    const found = await matrixOf(backend.port)
    assert.equal(found.status, 10)
    assert.deepEqual([found.protocols, found.groups, found.tightest], [[], [], undefined])
    assert.equal(most, 1)
    assert.ok(backend.accepted < 40, `${backend.accepted} connections`)
  })

  it('is no answer for a backend that is not there, or must not be dialled', async () => {
    const argv = ['probe', '127.0.0.1:9', '--matrix', '--policy', '-']
    assert.equal((await runCli(argv, { stdin: policyText(spec) })).status, 1)
    assert.equal((await runCli(argv, { stdin: policyText('  sni: true') })).status, 10)
  })
})
