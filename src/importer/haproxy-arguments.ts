import type { Line } from './read-lines.ts'
import type { Place, Tell } from './report.ts'

/** An option of a server line. */
export interface ServerOption {
  readonly value: string
  readonly at: Place
}

/** Reads what stands behind a server's address; options that have a value take the next word. */
export function haproxyArguments(words: readonly string[], { at }: Line, tell: Tell): Map<string, ServerOption> {
  const options = new Map<string, ServerOption>()
  for (let index = 0; index < words.length; index++) {
    const key = words[index] as string
    const value = withValue.has(key) ? (words[++index] ?? '').replace(/^(["'])(.*)\1$/, '$2') : ''
    if (known.has(key)) options.set(key, { value, at })
    else if (/^no-sslv3$/.test(key)) tell(at, 'taken', `${key}: it is gone from this platform anyway`)
    else if (key !== '' && !silent.has(key)) tell(at, 'ignored', `${key}: not for a policy to say`)
  }
  return options
}

const taken =
  'verify ca-file crl-file crt sni verifyhost ciphers ciphersuites curves sigalgs ssl-min-ver ssl-max-ver ssl-security-level'
const flags = 'ssl no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13'
const known = new Set(`${taken} ${flags}`.split(' '))
const withValue = new Set(
  `${taken} alpn npn client-sigalgs weight inter fall rise port addr maxconn minconn slowstart cookie id check-sni check-alpn resolvers resolve-prefer init-addr source proto ssl-reuse`.split(
    ' ',
  ),
)
/** Load balancing and health checks say nothing of TLS: they are passed over without a word. */
const silent = new Set(
  'check weight inter fall rise port maxconn minconn slowstart cookie id backup resolvers resolve-prefer init-addr'.split(
    ' ',
  ),
)
