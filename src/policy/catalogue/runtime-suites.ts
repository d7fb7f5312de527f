/**
 * The one question this room asks of the process it is in: which suites its OpenSSL was built with. OpenSSL passes over
 * names it does not know in silence, so a suite that another Node lacks has to be known as lost before it is offered.
 */
import tls from 'node:tls'

/** OpenSSL names of the suites there are, in lower case; a constant of the process. */
export const runtimeSuites: ReadonlySet<string> = new Set(tls.getCiphers())
