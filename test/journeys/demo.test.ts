import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Check } from '../../src/demo/check-faults.ts'
import { faults } from '../../src/demo/faults.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const anyPorts = ['--proxy-port', '0', '--admin-port', '0', '--health-port', '0', '--backend-port', '0']

/** A demo in a process of its own; what it says is collected. */
class DemoProcess {
  readonly process: ChildProcess
  stdout = ''
  stderr = ''
  #heard: () => void = () => {}

  constructor(t: TestContext, argv: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.process = spawn(process.execPath, [main, 'demo', ...argv], { env: { ...process.env, ...environment } })
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#heard()
    })
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    // SIGKILL would leave the sidecar behind: it is a group of its own, for the demo to end.
    t.after(() => this.process.exitCode === null && this.process.kill('SIGTERM'))
  }

  async ended(): Promise<number> {
    if (this.process.exitCode === null) await once(this.process, 'close')
    return this.process.exitCode as number
  }

  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout)
      if (found !== null) return found
      if (this.process.exitCode !== null) throw new Error(`the demo has ended: ${this.stdout}${this.stderr}`)
      await new Promise<void>((resolve) => {
        this.#heard = resolve
      })
    }
  }
}

/** Looks again and again, without a pause that could be too short or too long. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

describe('the demo', () => {
  it('run once, finds every backend judged as it must be, by origination and by CONNECT', async (t) => {
    const demo = new DemoProcess(t, ['--once', '--json'])
    assert.equal(await demo.ended(), 0, demo.stdout + demo.stderr)
    const { ok, checks } = JSON.parse(demo.stdout) as { ok: boolean; checks: Check[] }
    assert.equal(ok, true)
    for (const { name } of faults) {
      const ways = checks.filter((check) => check.name === name).map(({ way }) => way)
      assert.ok(ways.includes('originate') && ways.includes('connect'), `${name} was visited by ${ways}`)
    }
  })

  it('stays up, shows what others ask for, and leaves nothing behind when it is interrupted', async (t) => {
    const demo = new DemoProcess(t, anyPorts)
    const [, proxyPort] = await demo.says(/^proxy {4}http:\/\/127\.0\.0\.1:(\d+)/m)
    await demo.says(/✓ \d+ visits/)
    const [, config = ''] = await demo.says(/vedette status --config (\S+)/)
    assert.ok(existsSync(config))

    const socket = net.connect(Number(proxyPort), '127.0.0.1')
    socket.end('GET http://forbidden.demo.localhost:4711/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    socket.resume()
    await demo.says(/^DENY +forbidden\.demo\.localhost:4711 +rule forbidden denies/m)

    demo.process.kill('SIGINT')
    assert.equal(await demo.ended(), 0)
    assert.equal(existsSync(path.dirname(config)), false)
  })

  it('interrupted while it starts, leaves no process and no folder behind', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vedette-interrupt-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const demo = new DemoProcess(t, anyPorts, { TMPDIR: folder })
    // Its folder is there, so its sidecar is being started; nobody has been told that it is up.
    await until(() => readdirSync(folder).length > 0)
    demo.process.kill('SIGINT')
    await demo.ended()
    assert.deepEqual(readdirSync(folder), [])
    assert.doesNotMatch(demo.stdout, /Ctrl-C ends the demo/)
  })

  it('says which port is in use, exits 4 and leaves nothing behind', async (t) => {
    const holder = net.createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    t.after(() => holder.close())
    const { port } = holder.address() as net.AddressInfo
    const demo = new DemoProcess(t, [...anyPorts, '--proxy-port', String(port)])
    assert.equal(await demo.ended(), 4)
    assert.match(demo.stderr, /OPERATOR_PORT_IN_USE/)
    assert.match(demo.stderr, new RegExp(String(port)))
  })

  it('takes a port that is none for a usage error', async (t) => {
    assert.equal(await new DemoProcess(t, ['--proxy-port', '70000']).ended(), 2)
  })
})
