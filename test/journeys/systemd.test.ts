/**
 * The instance as systemd starts it. Its own programs take part: systemd-notify speaks to a datagram socket (which Perl
 * reads, as Node cannot), systemd-socket-activate opens sockets and passes them. Where sockets must outlive an
 * instance, this process holds them, as systemd would.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { needTools } from '../../bench/rig/tools.ts'
import { bindHandle, bindSocketFile, type TcpHandle } from '../../src/wire/raw-handle.ts'
import { freePort } from '../kit/real-backends.ts'
import { startInstance, type TestInstance } from '../kit/start-instance.ts'
import { readToEnd } from '../kit/wires.ts'
import { policyFor } from '../processes/policies.ts'

let backend: http.Server
let origin: string

before(async () => {
  await needTools(['perl', 'systemd-notify', 'systemd-socket-activate'])
  backend = http.createServer((_request, response) => response.end('served')).listen(0, '127.0.0.1')
  await once(backend, 'listening')
  origin = `app.localhost:${(backend.address() as AddressInfo).port}`
})
after(() => backend.close())

const policy = (comment = '') => policyFor([origin], { comment })

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-systemd-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Prints each message as a line, with tabs for its line ends. What is passed beside it (BARRIER=1) is let go at once. */
const listen = `$| = 1; my $ear = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die;
while (defined $ear->recv(my $said, 65536)) { $said =~ tr/\\n/\\t/; print "$said\\n" if $said ne "BARRIER=1" }`

/** What whoever listens at the notify socket gets to hear. */
class Ear {
  readonly socket: string
  readonly #child: ChildProcess
  #heard = ''
  #changed: () => void = () => {}

  constructor(t: TestContext, folder: string) {
    this.socket = path.join(folder, 'notify')
    const args = ['-MSocket', '-MIO::Socket::UNIX', '-e', listen, this.socket]
    this.#child = spawn('perl', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#heard += text
      this.#changed()
    })
    t.after(() => this.#child.kill('SIGKILL'))
  }

  get messages(): readonly string[] {
    return this.#heard.split('\n').slice(0, -1)
  }

  /** Waits until a message has been heard, and gives it. */
  async hears(says: RegExp): Promise<string> {
    for (;;) {
      const found = this.messages.find((one) => says.test(one))
      if (found !== undefined) return found
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }

  async open(): Promise<this> {
    while (!existsSync(this.socket)) await new Promise((resolve) => setTimeout(resolve, 5))
    return this
  }
}

/** Asks through the proxy, on a connection of its own. */
async function ask(port: number): Promise<string> {
  const socket = net.connect({ host: '127.0.0.1', port })
  socket.write(`GET http://${origin}/ HTTP/1.1\r\nHost: ${origin}\r\nConnection: close\r\n\r\n`)
  return readToEnd(socket)
}

const variablesOf = (pid: number) => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')

async function childrenOf(instance: TestInstance): Promise<number[]> {
  const { pids } = await instance.status()
  return [pids.control, ...(await instance.liveWorkers())]
}

describe('systemd hears', { timeout: 60_000, concurrency: 2 }, () => {
  it('when callers are served and by which version, of every reload and refusal, and of the end', async (t) => {
    const ear = await new Ear(t, folderOf(t)).open()
    const env = { NOTIFY_SOCKET: ear.socket, WATCHDOG_USEC: '1000000' }
    const instance = startInstance(t, { policy: policy(), env })
    await instance.up
    assert.equal(await ear.hears(/READY=1/), 'READY=1\tSTATUS=v1 running')
    await ear.hears(/^WATCHDOG=1$/)
    for (const pid of await childrenOf(instance)) {
      assert.ok(
        !variablesOf(pid).some((one) => /^(NOTIFY|WATCHDOG|LISTEN)_/.test(one)),
        `${pid} sees what is not meant for it`,
      )
    }

    writeFileSync(instance.policyFile, policy('second'))
    instance.signal('SIGHUP')
    await ear.hears(/^RELOADING=1\tMONOTONIC_USEC=\d+$/)
    await ear.hears(/^READY=1\tSTATUS=v2 running$/)

    writeFileSync(instance.policyFile, 'spec: nonsense')
    instance.signal('SIGHUP')
    await ear.hears(/^READY=1\tSTATUS=v2 running, the change of .* was rejected: /)

    instance.signal('SIGTERM')
    await instance.ended
    await ear.hears(/^STOPPING=1\tSTATUS=SIGTERM ends the instance/)
    const words = ear.messages
      .map((one) => one.split('\t')[0])
      .filter((word) => !/^(STATUS|WATCHDOG)=/.test(word ?? ''))
    assert.deepEqual(words, ['READY=1', 'RELOADING=1', 'READY=1', 'RELOADING=1', 'READY=1', 'STOPPING=1'])
  })

  it('nothing where systemd-notify is missing, which is one warning and no failure', async (t) => {
    // The sockets are meant for another process, and there are none: nobody minds.
    const env = { NOTIFY_SOCKET: '/nowhere', PATH: folderOf(t), LISTEN_PID: '1', LISTEN_FDS: '1' }
    const instance = startInstance(t, { policy: policy(), env })
    const port = await instance.up
    await instance.logged('systemd.unheard', ({ message }) => /systemd-notify cannot be run/.test(String(message)))
    assert.match(await ask(port), /served$/)
    instance.signal('SIGTERM')
    assert.equal(await instance.ended, 0)
    assert.equal(instance.lines.filter(({ event }) => event === 'systemd.unheard').length, 1)
  })
})

/** Runs what follows with LISTEN_PID as systemd sets it, which is known only to the process itself. */
const asSystemd = ['sh', '-c', 'LISTEN_PID=$$ exec "$0" "$@"']
const fdOf = (handle: TcpHandle) => (handle as unknown as { readonly fd: number }).fd

describe('sockets that systemd passes', { timeout: 60_000, concurrency: 2 }, () => {
  it('are taken by the entrances that have their addresses, socket files too', async (t) => {
    const folder = folderOf(t)
    const [port, file] = [await freePort(), path.join(folder, 'app.sock')]
    const settings = `services: [{ name: app, accept: "unix:${file}", mode: "0600", connect: "tcp://${origin}" }]`
    const under = ['systemd-socket-activate', '-l', `127.0.0.1:${port}`, '-l', file]
    const instance = startInstance(t, { policy: policy(), settings, proxyPort: port, under })
    // The first caller is what starts it, and waits in the socket meanwhile.
    const first = await untilServed(port)
    assert.match(first, /served$/)
    await instance.up
    for (const entrance of ['proxy', 'app']) {
      const line = await instance.logged('entrance.listening', (one) => one.entrance === entrance)
      assert.equal(line.passed, true, entrance)
    }
    const caller = net.connect(file)
    caller.write(`GET / HTTP/1.1\r\nHost: ${origin}\r\nConnection: close\r\n\r\n`)
    assert.match(await readToEnd(caller), /served$/)
    assert.notEqual(statSync(file).mode & 0o777, 0o600, 'the bits of the file are those of its unit')
    for (const pid of await childrenOf(instance)) {
      assert.ok(!variablesOf(pid).some((one) => one.startsWith('LISTEN_')), `${pid} sees what is not meant for it`)
    }
    instance.signal('SIGTERM')
    assert.equal(await instance.ended, 0)
    assert.ok(existsSync(file), 'the file is not ours to remove')
  })

  it('serve after a restart whoever came in between, and stay through every change', async (t) => {
    const folder = folderOf(t)
    const { handle, port } = bindHandle({ host: '127.0.0.1', port: 0 })
    const file = path.join(folder, 'app.sock')
    const passedFile = bindSocketFile(file)
    t.after(() => [handle, passedFile].forEach((one) => void one.close()))
    const service = `services: [{ name: app, accept: "unix:${file}", mode: "0600", connect: "tcp://${origin}" }]\n`
    const wish = { policy: policy(), folder, proxyPort: port, under: asSystemd, env: { LISTEN_FDS: '2' } }
    const fds = [fdOf(handle), fdOf(passedFile)]
    const first = startInstance(t, { ...wish, settings: service, fds })
    await first.up
    assert.match(await ask(port), /served$/)

    // The service goes and comes back: its socket was passed, so nobody binds or removes it.
    const full = readFileSync(first.settingsFile, 'utf8')
    writeFileSync(first.settingsFile, full.replace(service, ''))
    first.signal('SIGHUP')
    await first.logged('entrance.unserved', ({ address }) => address === `unix:${file}`)
    writeFileSync(first.settingsFile, full)
    first.signal('SIGHUP')
    await first.logged('generation.active', ({ generation }) => generation === 3)
    const caller = net.connect(file)
    caller.write(`GET / HTTP/1.1\r\nHost: ${origin}\r\nConnection: close\r\n\r\n`)
    assert.match(await readToEnd(caller), /served$/)

    first.signal('SIGTERM')
    assert.equal(await first.ended, 0)
    const between = ask(port)
    const second = startInstance(t, { ...wish, settings: service, fds })
    assert.match(await between, /served$/)
    assert.equal(await second.up, port)
  })

  it('are told of when no setting has their address, and an address that none has is bound as always', async (t) => {
    const folder = folderOf(t)
    const { handle, port } = bindHandle({ host: '127.0.0.1', port: 0 })
    t.after(() => handle.close())
    const spy = path.join(folder, 'systemd-notify')
    writeFileSync(spy, `#!/bin/sh\ntouch ${folder}/was-run\n`)
    chmodSync(spy, 0o755)
    const env = { LISTEN_FDS: '1', PATH: `${folder}:/usr/bin:/bin` }
    const instance = startInstance(t, { policy: policy(), under: asSystemd, env, fds: [fdOf(handle)] })
    const own = await instance.up
    const { message } = await instance.logged('entrance.unserved')
    assert.match(String(message), new RegExp(`127.0.0.1:${port} .* wait there in vain`))
    assert.match(await ask(own), /served$/)
    assert.equal(existsSync(path.join(folder, 'was-run')), false, 'nobody asked for words')
  })

  it('are an error when callers cannot come in by them', async (t) => {
    const file = path.join(folderOf(t), 'notes')
    writeFileSync(file, '')
    const env = { LISTEN_FDS: '1', LISTEN_FDNAMES: 'vedette.socket' }
    const under = ['sh', '-c', `LISTEN_PID=$$ exec "$0" "$@" 3<${file}`]
    const spoilt = startInstance(t, { policy: policy(), env, under })
    assert.equal(await spoilt.ended, 4)
    assert.match(spoilt.stderr, /3 \(vedette\.socket\) that is no listening TCP socket or socket file.*ListenStream=/s)
  })
})

/** Asks until somebody listens. */
async function untilServed(port: number): Promise<string> {
  for (;;) {
    const answer = await ask(port).catch(() => undefined)
    if (answer !== undefined) return answer
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
