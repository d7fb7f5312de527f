import { readFileSync } from 'node:fs'
import type { Check } from '../demo/check-faults.ts'
import type { Demo } from '../demo/start-demo.ts'
import { type AccessLine, type ChangeLine, describeChange, describeLine } from '../demo/transcript.ts'
import { parsePolicy } from '../policy/document/parse-policy.ts'
import type { Rule } from '../policy/policy.ts'
import { askControl } from '../processes/control/control-client.ts'
import type { Terminal } from './terminal.ts'

/** What the demo shows. Every word about a connection is the product's own: a line of its log, or a reply. */
export class DemoScreen {
  readonly #terminal: Terminal
  readonly #json: boolean
  readonly #once: boolean
  #visiting = true

  constructor(terminal: Terminal, { json, once }: { json: boolean; once: boolean }) {
    this.#terminal = terminal
    this.#json = json
    this.#once = once
  }

  /** Shows where everything is and which policy is in force. */
  async opened({ proxy, files }: Demo): Promise<void> {
    if (this.#json) return
    const status = await askControl('status', {}, { state: files.state })
    const { policy } = parsePolicy(readFileSync(files.policy, 'utf8'), { file: files.policy })
    const { health, admin } = status.listen
    this.#terminal.print(
      `proxy    http://${proxy.host}:${proxy.port}      admin   http://${admin.host}:${admin.port}      health   http://${health.host}:${health.port}/healthz`,
    )
    if (!this.#once) {
      // The instance has said it too, among its messages, which nobody sees here.
      const { url } = await askControl('setup', { author: 'demo' }, { state: files.state })
      this.#terminal.print(`account  ${url}`)
    }
    this.#terminal.print(`policy   v${status.version?.number} "${policy.name}"  ${describePolicy(policy.unlisted)}\n`)
  }

  /** Shows a visit of the demo's own; those by CONNECT would say everything twice. */
  visited({ way }: Check, line: AccessLine): void {
    if (way === 'originate') this.#show(line)
  }

  /** Shows a request or tunnel that somebody else made. */
  accessed(line: AccessLine): void {
    if (!this.#visiting) this.#show(line)
  }

  /** Shows that a saved policy came into force or was refused; the first one is part of the start. */
  changed(line: ChangeLine): void {
    if (this.#visiting || this.#json) return
    this.#terminal.print(this.#terminal.paint(line.event === 'policy.applied' ? 'green' : 'red', describeChange(line)))
  }

  /** Shows what came of all visits. */
  checked(checks: readonly Check[]): void {
    this.#visiting = false
    const failed = checks.filter(({ ok }) => !ok)
    if (this.#json) {
      if (this.#once) this.#terminal.printJson({ ok: failed.length === 0, checks })
      return
    }
    for (const { destination, way, expected, found } of failed) {
      this.#terminal.print(`${this.#terminal.paint('red', '✗')} ${way} ${destination}`)
      this.#terminal.print(`  expected ${JSON.stringify(expected)}\n  found    ${JSON.stringify(found)}`)
    }
    if (failed.length > 0) return
    const mark = this.#terminal.paint('green', '✓')
    this.#terminal.print(`\n${mark} ${checks.length} visits, by http:// and by CONNECT, ended as they should`)
  }

  #show(line: AccessLine): void {
    if (!this.#json) this.#terminal.print(describeLine(line, (color, text) => this.#terminal.paint(color, text)))
    else if (!this.#once) this.#terminal.print(JSON.stringify(line))
  }

  /** Says what to try next. */
  invite({ proxy, files, backendPorts }: Demo): void {
    if (this.#json) return
    const through = `curl -x http://${proxy.host}:${proxy.port}`
    const { shared } = backendPorts
    for (const line of [
      '',
      'Try it: each request shows its line here, with its reason.',
      `  ${through} http://good.demo.localhost:${shared}/`,
      `  ${through} http://self-signed.demo.localhost:${shared}/`,
      `  ${through} --insecure https://expired.demo.localhost:${shared}/`,
      `  vedette explain no-sni.demo.localhost --config ${files.settings}`,
      `  vedette status --config ${files.settings}`,
      `Change ${files.policy} and save: the next request runs under the new version.`,
      '(In a checkout `vedette` is `npm run -s vedette --`.) Ctrl-C ends the demo.',
      '',
    ]) {
      this.#terminal.print(line)
    }
  }
}

function describePolicy({ strict, enforcement, sni, tls }: Rule): string {
  const versions = tls.protocols.map((protocol) => protocol.replace('TLSv', ''))
  const range = versions.length === 1 ? versions[0] : `${versions[0]}–${versions.at(-1)}`
  const mode = strict && enforcement === 'report' ? 'on (report)' : onOrOff(strict)
  return `strict ${mode} · SNI ${onOrOff(sni !== false)} · TLS ${range} · ${tls.ciphers.length} suites`
}

function onOrOff(on: boolean): string {
  return on ? 'on' : 'off'
}
