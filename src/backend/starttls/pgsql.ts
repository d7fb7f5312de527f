/** PostgreSQL: an SSLRequest, answered by one byte. Its client speaks first, so there is nothing to keep for it. */
import { broken, type Dialect, injected, type MakeDialect, type Step } from './dialect.ts'

/** Its length and the code 80877103, which no protocol version will ever have. */
const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex')

export const pgsql: MakeDialect = (): Dialect => ({
  begin: () => ({ kind: 'more', write: SSL_REQUEST }),
  take: (bytes): Step => {
    const answer = String.fromCharCode(bytes[0] ?? 0)
    if (answer === 'N') return { kind: 'missing', what: 'does not offer TLS: it answered SSLRequest with N' }
    if (answer !== 'S') return broken('answered SSLRequest with neither S nor N')
    return bytes.length > 1 ? injected : { kind: 'ready' }
  },
})
