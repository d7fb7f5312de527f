/** Every protocol that TLS can be asked for in, by its name in settings and on the command line. */
import type { StarttlsProtocol } from '../../settings/service.ts'
import type { Dialect, DialectOptions, MakeDialect } from './dialect.ts'

const dialects: Readonly<Partial<Record<StarttlsProtocol, MakeDialect>>> = {}

/** Makes the dialogue of a protocol for one connection. */
export function makeDialect(protocol: StarttlsProtocol, options: DialectOptions): Dialect {
  return (dialects[protocol] as MakeDialect)(options)
}
