import type { Wire } from '../wire/wire.ts'

/** One end of a caller's connection. */
export interface End {
  readonly address: string
  readonly port: number
}

/** Who called, and at which address of ours; undefined where nobody can say, as for a socket file. */
export type CallerEnds = { readonly source: End; readonly destination: End } | undefined

/** Reads the ends off the connection itself. */
export function endsOf({ socket }: Wire): CallerEnds {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  if (remoteAddress === undefined || localAddress === undefined) return undefined
  return {
    source: { address: unmapped(remoteAddress), port: remotePort ?? 0 },
    destination: { address: unmapped(localAddress), port: localPort ?? 0 },
  }
}

/** On a socket for both families an IPv4 caller shows in IPv6 clothes; a zone (`%eth0`) means nothing to others. */
function unmapped(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? (address.split('%', 1)[0] as string)
}
