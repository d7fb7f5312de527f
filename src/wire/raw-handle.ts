/**
 * The one file that touches Node's internal handles. Five things need them and have no public door:
 * sharing a listening socket that no process of ours accepts on by itself, taking one that another program has opened
 * without accepting on it, moving an idle caller to
 * another process without the receiving side reading before it is asked to (sending a net.Socket loses bytes),
 * what OpenSSL minds about the certificate of a caller whose TLS is not accepted by a server of Node's, and whether
 * TLS was ended by its peer or by whoever can end a TCP connection.
 * test/wire/raw-handle.test.ts fails loudly if a release of Node changes what is relied upon here.
 */
import net from 'node:net'
import { getSystemErrorName } from 'node:util'

/** Node's wrapper of one TCP file descriptor; it can travel between processes over an IPC channel. */
export interface TcpHandle {
  onconnection: ((status: number, accepted: TcpHandle | undefined) => void) | null
  listen(backlog: number): number
  close(closed?: () => void): void
  getsockname(out: SocketName): number
  getpeername(out: SocketName): number
  readStop(): number
}

interface SocketName {
  address?: string
  port?: number
}

interface NetInternals {
  _createServerHandle(
    host: string | null,
    port: number | null,
    family: 4 | 6 | -1 | null,
    fd: number,
    flags: number,
  ): TcpHandle | number
}

const BACKLOG = 4096
const NO_FD = -1

/**
 * Binds host and port without listening: the socket starts to queue callers when the first worker accepts on it.
 * Throws an Error with Node's `code` (EADDRINUSE, EACCES, EADDRNOTAVAIL, …).
 */
export function bindHandle({ host, port }: { host: string; port: number }): { handle: TcpHandle; port: number } {
  const family = net.isIPv6(host) ? 6 : 4
  const bound = (net as unknown as NetInternals)._createServerHandle(host, port, family, NO_FD, 0)
  if (typeof bound === 'number') throw systemError(bound)
  const name: SocketName = {}
  // libuv keeps EADDRINUSE back until the first use of the socket; asking for its name brings it out here.
  const status = bound.getsockname(name)
  if (status !== 0) {
    bound.close()
    throw systemError(status)
  }
  return { handle: bound, port: name.port ?? port }
}

/**
 * Binds a Unix domain socket file without listening, as `bindHandle` does for a port. Closing the handle in the
 * process that bound it removes the file.
 */
export function bindSocketFile(path: string): TcpHandle {
  const bound = (net as unknown as NetInternals)._createServerHandle(path, -1, -1, NO_FD, 0)
  if (typeof bound === 'number') throw systemError(bound)
  return bound
}

/**
 * Wraps a stream socket that another program has opened, by its file descriptor. Closing the handle closes our copy alone
 * and removes no file. Throws an Error with Node's `code`: EINVAL for what is no stream socket.
 */
export function wrapSocket(fd: number): TcpHandle {
  const wrapped = (net as unknown as NetInternals)._createServerHandle(null, null, null, fd, 0)
  if (typeof wrapped === 'number') throw systemError(wrapped)
  return wrapped
}

/** Tells where a TCP socket listens; undefined for a socket file, and for one that is a connection. */
export function listeningName(handle: TcpHandle): { host: string; port: number } | undefined {
  const name: SocketName = {}
  // Pipes have neither of the two functions.
  if (handle.getsockname === undefined || handle.getsockname(name) !== 0) return undefined
  const isConnection = handle.getpeername({}) === 0
  return isConnection ? undefined : { host: name.address ?? '', port: name.port ?? 0 }
}

/** Takes callers from a listening handle until `close()`; every process that holds the handle may do so at once. */
export function acceptOn(handle: TcpHandle, accepted: (caller: TcpHandle) => void): void {
  handle.onconnection = (status, caller) => {
    // A failed accept (the caller left, or no file descriptor is free) costs that caller only: the listener lives on.
    if (status === 0 && caller !== undefined) accepted(caller)
  }
  const status = handle.listen(BACKLOG)
  if (status !== 0) throw systemError(status)
}

/** Stops reading and gives out the handle for sending to another process; undefined once the socket is gone. */
export function quietHandle(socket: net.Socket): TcpHandle | undefined {
  const handle = (socket as unknown as { _handle: TcpHandle | null })._handle
  if (handle === null || socket.destroyed) return undefined
  handle.readStop()
  return handle
}

/** Names what OpenSSL minds about the chain a peer has shown; undefined when nothing, or when it showed none. */
export function chainErrorOf(socket: net.Socket): string | undefined {
  const handle = (socket as unknown as { _handle: { verifyError(): NodeJS.ErrnoException | null } })._handle
  return handle.verifyError()?.code
}

/**
 * Notes how a TLS socket ends, for `isCutShort`. Node ends its stream in one manner, whether the peer said so
 * (close_notify) or TCP just ended, which anybody on the way can do. What tells them apart is that libuv has stopped
 * reading at the end of TCP, and is still at it when close_notify comes.
 */
export function watchEnd(socket: net.Socket): void {
  const { push } = socket
  socket.push = (chunk, encoding) => {
    if (chunk === null && hasTcpEnded(socket)) cutShort.add(socket)
    return push.call(socket, chunk, encoding)
  }
}

/** Tells whether a socket under `watchEnd` has ended without close_notify: what came may not be all there was. */
export function isCutShort(socket: net.Socket): boolean {
  return cutShort.has(socket)
}

const cutShort = new WeakSet<net.Socket>()

function hasTcpEnded(socket: net.Socket): boolean {
  const { _handle: handle } = socket as unknown as { _handle: { reading: boolean; _parent: Readable } | null }
  // While we do not read, no end of TCP is seen: it was close_notify, behind the bytes that made us pause.
  if (handle === null || !handle.reading) return false
  const isReading = handle._parent.readStart() !== 0
  if (!isReading) handle._parent.readStop()
  return !isReading
}

interface Readable {
  /** Answers 0 where nothing was being read. */
  readStart(): number
  readStop(): number
}

/** Ends a connection with a reset where its kind knows one: TCP does, and Node throws for a socket file. */
export function resetSocket(socket: net.Socket): void {
  const handle = (socket as unknown as { _handle: Partial<{ reset: unknown }> | null })._handle
  if (handle?.reset === undefined) socket.destroy()
  else socket.resetAndDestroy()
}

/** Wraps a handle as a socket that reads at once, into the buffer of `onread` if there is one. */
export function socketOf(handle: TcpHandle, onread?: net.OnReadOpts): net.Socket {
  const options = { handle, readable: true, writable: true, allowHalfOpen: true, onread }
  return new net.Socket(options as unknown as net.SocketConstructorOpts)
}

function systemError(status: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(status)
  return Object.assign(new Error(code), { code, errno: status })
}
