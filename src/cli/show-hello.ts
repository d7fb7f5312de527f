import { type CodePoint, type EffectiveHello, flagReasons } from '../policy/describe/effective-hello.ts'
import type { Terminal } from './terminal.ts'

/** Shows the ClientHello field by field, as it stands on the wire; `verify` is that of the handshake before a tunnel. */
export function showHello(hello: { originate: EffectiveHello; verify: EffectiveHello }, terminal: Terminal): void {
  const { originate, verify } = hello
  const tunnel = verify.alpn.length === 0 ? 'none' : verify.alpn.join(', ')
  const rows: readonly (readonly [string, string])[] = [
    ['protocols', listed(originate.protocols)],
    ['suites', listed([...originate.suites, ...originate.signals])],
    ['groups', listed(originate.groups)],
    ['key shares', listed(originate.keyShares)],
    ['signatures', listed(originate.signatureAlgorithms)],
    ['server name', originate.serverName === '' ? 'none' : originate.serverName],
    ['ALPN', `${originate.alpn.join(', ')} (before a tunnel: ${tunnel})`],
    ['session', 'none at first, then the last one of this backend (before a tunnel: never)'],
    ['early data', 'never'],
    ['post-quantum', originate.postQuantum],
    ['security level', String(originate.securityLevel)],
  ]
  terminal.print('  The ClientHello:')
  for (const [name, text] of rows) terminal.print(`    ${name.padEnd(15)} ${text}`)
  for (const flag of originate.flags) {
    terminal.print(`    ${'flag'.padEnd(15)} ${terminal.paint('yellow', `${flag}: ${flagReasons[flag]}`)}`)
  }
}

function listed(points: readonly CodePoint[]): string {
  if (points.length === 0) return 'none'
  return points.map(({ name, code }) => `${name} (${code.toString(16).padStart(4, '0')})`).join(', ')
}
