/** One backend of a service, as operators write it. */
import * as z from 'zod'
import { SidecarError } from '../errors.ts'
import { parseAuthority } from '../policy/parse-destination.ts'
import { refuseField } from './refuse-field.ts'
import type { ServiceBackend } from './service.ts'

const connectShape = 'expected tls://host:port, or tcp://host:port for plain text'

/** Reads one entry of `connect`. */
export const backendField = z.string().transform((text, context): ServiceBackend => {
  const [, scheme, authority = ''] = /^(tls|tcp):\/\/(.*)$/s.exec(text) ?? []
  if (scheme === undefined) return refuseField(context, connectShape)
  try {
    return { scheme: scheme as ServiceBackend['scheme'], authority: parseAuthority(authority).authority }
  } catch (error) {
    if (!(error instanceof SidecarError)) throw error
    return refuseField(context, `${connectShape}: it ${String(error.details.reason ?? error.message)}`)
  }
})
