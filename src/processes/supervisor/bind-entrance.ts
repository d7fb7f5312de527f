/** Binding one address of an entrance, with an error an operator can act on. */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import net from 'node:net'
import { SidecarError } from '../../errors.ts'
import { formatListenAddress } from '../../settings/listen-address.ts'
import type { ServiceAddress } from '../../settings/service.ts'
import { bindHandle, bindSocketFile, type TcpHandle } from '../../wire/raw-handle.ts'

/** A socket that is bound, and its port where it has one: the real one, also when the settings say 0. */
export interface BoundSocket {
  readonly handle: TcpHandle
  readonly port: number
}

/** Binds an address; throws OPERATOR_PORT_IN_USE or OPERATOR_ADDRESS_UNUSABLE with the address in the message. */
export function bindAddress(address: ServiceAddress): BoundSocket {
  try {
    if (address.kind === 'tcp') return bindHandle(address)
    return { handle: bindFile(address), port: 0 }
  } catch (cause) {
    throw unusable(describeAddress(address), cause as NodeJS.ErrnoException)
  }
}

/** Writes an address as settings do. */
export function describeAddress(address: ServiceAddress): string {
  return address.kind === 'tcp' ? formatListenAddress(address) : `unix:${address.path}`
}

/** Removes a socket file that nobody listens on: the remains of a crash. One that is alive, or no socket, is left. */
export async function removeStaleFile(path: string): Promise<void> {
  const status = lstatSync(path, { throwIfNoEntry: false })
  if (!status?.isSocket() || (await isAlive(path))) return
  unlinkSync(path)
}

/** The bits are set before anybody can connect: a socket file takes callers once it is listened on. */
function bindFile({ path, mode }: ServiceAddress & { kind: 'unix' }): TcpHandle {
  const handle = bindSocketFile(path)
  try {
    setMode({ path, mode })
  } catch (error) {
    handle.close()
    throw error
  }
  return handle
}

/** Gives a socket file its bits. */
export function setMode({ path, mode }: { readonly path: string; readonly mode: number }): void {
  chmodSync(path, mode)
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'))
  })
}

function unusable(address: string, cause: NodeJS.ErrnoException): SidecarError {
  const options = { details: { address }, cause }
  if (cause.code === 'EADDRINUSE') {
    const what = address.startsWith('unix:') ? 'it is in use, or no socket file' : 'the port is in use'
    return new SidecarError('OPERATOR_PORT_IN_USE', `cannot listen on ${address}: ${what}`, options)
  }
  return new SidecarError('OPERATOR_ADDRESS_UNUSABLE', `cannot listen on ${address}: ${cause.code}`, options)
}
