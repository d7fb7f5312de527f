/**
 * One instance per state folder: whoever has bound the control socket in it owns it. The supervisor holds the socket
 * for its whole life and lends it to the control process, so that a command sent while control restarts waits in the
 * kernel instead of failing, and no other instance can slip in meanwhile.
 */
import { chmodSync, mkdirSync, unlinkSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { SidecarError } from '../../errors.ts'
import { bindSocketFile, type TcpHandle } from '../../wire/raw-handle.ts'

/** Names the control socket of a state folder. */
export function controlSocketPath(state: string): string {
  return path.join(state, 'control.sock')
}

/**
 * Binds the control socket of a state folder (made when it is missing). A socket file that nobody listens on is the
 * remains of a crash and is replaced; a live one is OPERATOR_ALREADY_RUNNING.
 */
export async function claimState(state: string): Promise<TcpHandle> {
  const file = controlSocketPath(state)
  assertShortEnough(file)
  try {
    mkdirSync(state, { recursive: true, mode: 0o700 })
    return bindPrivate(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw unwritable(state, error)
  }
  if (await isAlive(file)) {
    throw new SidecarError('OPERATOR_ALREADY_RUNNING', `another instance runs on the state folder ${state}`, {
      details: { state },
    })
  }
  try {
    unlinkSync(file)
    return bindPrivate(file)
  } catch (error) {
    throw unwritable(state, error)
  }
}

function bindPrivate(file: string): TcpHandle {
  const handle = bindSocketFile(file)
  chmodSync(file, 0o600)
  return handle
}

function isAlive(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(file)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EAGAIN'))
  })
}

function assertShortEnough(file: string): void {
  if (Buffer.byteLength(file) <= SOCKET_PATH_BYTES) return
  // The kernel would cut it silently, and two instances could meet at one path.
  throw new SidecarError('OPERATOR_FILE_UNWRITABLE', `the path ${file} is longer than ${SOCKET_PATH_BYTES} bytes`)
}

function unwritable(state: string, cause: unknown): SidecarError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
  return new SidecarError('OPERATOR_FILE_UNWRITABLE', `cannot write to the state folder ${state}: ${code}`, {
    details: { state },
    cause,
  })
}

/** sun_path holds 108 bytes on Linux and 104 elsewhere, with the closing NUL. */
const SOCKET_PATH_BYTES = 103
