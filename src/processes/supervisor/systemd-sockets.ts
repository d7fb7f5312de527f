/**
 * The listening sockets that systemd has opened for us (socket activation). Each is known by the address it has, so that a
 * unit and the settings cannot disagree about which is which. They are not ours to bind, to chmod or to close: callers
 * wait in them while we do not run.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { SidecarError } from '../../errors.ts'
import { parseIp } from '../../policy/address/ip-address.ts'
import { formatListenAddress } from '../../settings/listen-address.ts'
import type { ServiceAddress } from '../../settings/service.ts'
import type { SystemdSocket } from '../../settings/systemd.ts'
import { listeningName, type TcpHandle, wrapSocket } from '../../wire/raw-handle.ts'

/** A socket that is open already. */
export interface PassedSocket {
  readonly handle: TcpHandle
  /** 0 for a socket file. */
  readonly port: number
  /** As settings write it. */
  readonly written: string
}

/** By what `addressKey` makes of the address each has. */
export type PassedSockets = ReadonlyMap<string, PassedSocket>

/** Wraps every socket that was passed; throws OPERATOR_ADDRESS_UNUSABLE for one that callers cannot come in by. */
export function wrapPassedSockets(sockets: readonly SystemdSocket[]): PassedSockets {
  return new Map(sockets.map((socket) => wrap(socket)))
}

/** Makes two spellings of an address one. */
export function addressKey(address: PlainAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  return `${parseIp(address.host)?.join('.') ?? address.host}:${address.port}`
}

type PlainAddress =
  | Pick<ServiceAddress & { kind: 'tcp' }, 'kind' | 'host' | 'port'>
  | Pick<ServiceAddress & { kind: 'unix' }, 'kind' | 'path'>

function wrap({ fd, name }: SystemdSocket): [string, PassedSocket] {
  const handle = handleOf(fd, name)
  const bound = listeningName(handle)
  if (bound !== undefined) {
    const written = formatListenAddress(bound)
    return [addressKey({ kind: 'tcp', ...bound }), { handle, port: bound.port, written }]
  }
  const path = socketFileOf(fd)
  if (path === undefined) throw unusable(fd, name)
  return [addressKey({ kind: 'unix', path }), { handle, port: 0, written: `unix:${path}` }]
}

function handleOf(fd: number, name: string): TcpHandle {
  try {
    return wrapSocket(fd)
  } catch (cause) {
    throw unusable(fd, name, cause)
  }
}

/** Node does not tell the path of a socket file; the kernel lists all of them by their inode (proc(5)). */
function socketFileOf(fd: number): string | undefined {
  try {
    const [, inode = ''] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`)) ?? []
    const rows = readFileSync('/proc/net/unix', 'utf8').split('\n')
    // Num: RefCount Protocol Flags Type St Inode Path, of the type SOCK_STREAM and not connected with anybody.
    const found = rows.map((row) => UNIX_LISTENER.exec(row)).find((match) => match?.[1] === inode)
    return found?.[2]
  } catch {
    return undefined
  }
}

const UNIX_LISTENER = /^\S+ \S+ \S+ \S+ 0001 01 +(\d+) (\/.*)$/

function unusable(fd: number, name: string, cause?: unknown): SidecarError {
  const which = `${fd}${name === '' ? '' : ` (${name})`}`
  const message =
    `systemd passes a file descriptor ${which} that is no listening TCP socket or socket file: ` +
    'its socket unit needs ListenStream= and Accept=no'
  return new SidecarError('OPERATOR_ADDRESS_UNUSABLE', message, { details: { fd, name }, cause })
}
