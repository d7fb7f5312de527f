/** Where the callers of a service come in, as operators write it. */
import * as z from 'zod'
import { parseListenAddress } from './listen-address.ts'
import { refuseField } from './refuse-field.ts'

/** sun_path holds 108 bytes on Linux and 104 elsewhere, with the closing NUL. */
const SOCKET_PATH_BYTES = 103
const acceptShape =
  'expected an address such as 127.0.0.1:389 or tls://0.0.0.0:992, wss://0.0.0.0:443/path, or unix:/run/vedette/ldap.sock'

/** An accepted address before its path is resolved. */
export type AcceptEntry =
  | {
      readonly kind: 'tcp'
      readonly host: string
      readonly port: number
      readonly isTls: boolean
      readonly webSocketPath?: string
    }
  | { readonly kind: 'unix'; readonly path: string; readonly webSocketPath?: undefined }

/** Reads `accept`. */
export const acceptField = z.string().transform((text, context): AcceptEntry => {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length)
    if (/\S/.test(path) && !path.includes('\0') && Buffer.byteLength(path) <= SOCKET_PATH_BYTES) {
      return { kind: 'unix', path }
    }
    return refuseField(context, `expected a path of at most ${SOCKET_PATH_BYTES} bytes behind unix:`)
  }
  const [, scheme = 'tcp', where = '', path] = /^(?:(tcp|tls|wss?):\/\/)?([^/]*)(\/[!-~]*)?$/s.exec(text) ?? []
  const address = parseListenAddress(where)
  const isWebSocket = scheme.startsWith('ws')
  if ('fault' in address || (path !== undefined && !isWebSocket)) return refuseField(context, acceptShape)
  const isTls = scheme === 'tls' || scheme === 'wss'
  return { kind: 'tcp', ...address, isTls, ...(isWebSocket ? { webSocketPath: path ?? '/' } : {}) }
})
