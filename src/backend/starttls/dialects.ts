/** Every protocol that TLS can be asked for in, by its name in settings and on the command line. */
import type { StarttlsProtocol } from '../../settings/service.ts'
import type { Dialect, DialectOptions, MakeDialect } from './dialect.ts'
import { ftp } from './ftp.ts'
import { imap } from './imap.ts'
import { ldap } from './ldap.ts'
import { mysql } from './mysql.ts'
import { nntp } from './nntp.ts'
import { pgsql } from './pgsql.ts'
import { pop3 } from './pop3.ts'
import { sieve } from './sieve.ts'
import { lmtp, smtp } from './smtp.ts'
import { xmpp } from './xmpp.ts'

const dialects: Readonly<Record<StarttlsProtocol, MakeDialect>> = {
  smtp,
  lmtp,
  imap,
  pop3,
  ldap,
  pgsql,
  mysql,
  nntp,
  ftp,
  xmpp,
  sieve,
}

/** Makes the dialogue of a protocol for one connection. */
export function makeDialect(protocol: StarttlsProtocol, options: DialectOptions): Dialect {
  return dialects[protocol](options)
}
