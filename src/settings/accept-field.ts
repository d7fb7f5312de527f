/** Where the callers of a service come in, as operators write it, and what they speak there. */
import * as z from 'zod'
import { parseListenAddress } from './listen-address.ts'
import { refuseField } from './refuse-field.ts'

/** sun_path holds 108 bytes on Linux and 104 elsewhere, with the closing NUL. */
const SOCKET_PATH_BYTES = 103
const acceptShape =
  'expected an address such as 127.0.0.1:389 or tls://0.0.0.0:992, wss://0.0.0.0:443/path, or unix:/run/vedette/ldap.sock, tls+unix:/run/vedette/ldap.sock'
const fileShape = `expected a path of at most ${SOCKET_PATH_BYTES} bytes behind unix:`

/** An accepted address before its path is resolved. */
export type AcceptEntry = (
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
) & {
  readonly isTls: boolean
  /** What callers ask for who come by WebSocket. */
  readonly webSocketPath?: string
}

/** Reads `accept`. */
export const acceptField = z.string().transform((text, context): AcceptEntry => {
  const [, over, file] = /^(?:(tls|wss?)\+)?unix:(.*)$/s.exec(text) ?? []
  const entry = file === undefined ? onPort(text) : onFile(over ?? 'unix', file)
  return entry ?? refuseField(context, file === undefined ? acceptShape : fileShape)
})

function onPort(text: string): AcceptEntry | undefined {
  const [, scheme = 'tcp', where = '', path] = /^(?:(tcp|tls|wss?):\/\/)?([^/]*)(\/[!-~]*)?$/s.exec(text) ?? []
  const address = parseListenAddress(where)
  if ('fault' in address || (path !== undefined && !scheme.startsWith('ws'))) return undefined
  return { kind: 'tcp', ...address, ...spoken(scheme, path) }
}

/** The path of a WebSocket stands behind a colon, as the library `ws` writes it. */
function onFile(scheme: string, text: string): AcceptEntry | undefined {
  const shape = scheme.startsWith('ws') ? /^([^:]*)(?::(\/[!-~]*))?$/s : /^(.*)$/s
  const [, path = '', asked] = shape.exec(text) ?? []
  if (!/\S/.test(path) || path.includes('\0') || Buffer.byteLength(path) > SOCKET_PATH_BYTES) return undefined
  return { kind: 'unix', path, ...spoken(scheme, asked) }
}

function spoken(scheme: string, path = '/'): Pick<AcceptEntry, 'isTls' | 'webSocketPath'> {
  const isTls = scheme === 'tls' || scheme === 'wss'
  return { isTls, ...(scheme.startsWith('ws') ? { webSocketPath: path } : {}) }
}
