/** One backend of a service, as operators write it. */
import * as z from 'zod'
import { SidecarError } from '../errors.ts'
import { parseAuthority } from '../policy/parse-destination.ts'
import { refuseField } from './refuse-field.ts'
import type { ServiceBackend } from './service.ts'

const streamShape = 'expected tls://host:port, or tcp://host:port for plain text'
const webSocketShape = 'expected wss://host:port/path, or ws://host:port/path for plain text'

/** Reads one entry of `connect`. */
export const backendField = z.string().transform((text, context): ServiceBackend => {
  const [, stream, webSocket, where = ''] = /^(?:(tls|tcp)|(wss?)):\/\/(.*)$/s.exec(text) ?? []
  const scheme = (stream ?? webSocket) as ServiceBackend['scheme'] | undefined
  if (scheme === undefined) return refuseField(context, `${streamShape}; ${webSocketShape}`)
  const isWebSocket = webSocket !== undefined
  // What a request line takes (RFC 9112 §3.2.1); a fragment is never sent.
  const [, asked, path = '/'] = (isWebSocket ? /^([^/]*)(\/[!"$-~]*)?$/s : /^(.*)$/s).exec(where) ?? []
  const shape = isWebSocket ? webSocketShape : streamShape
  if (asked === undefined) return refuseField(context, shape)
  try {
    const { authority } = parseAuthority(asked)
    return isWebSocket ? { scheme, authority, path } : { scheme, authority }
  } catch (error) {
    if (!(error instanceof SidecarError)) throw error
    return refuseField(context, `${shape}: it ${String(error.details.reason ?? error.message)}`)
  }
})
