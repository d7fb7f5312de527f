/** ManageSieve (RFC 5804). Nothing is kept for the caller: the backend tells its capabilities again once TLS stands. */
import { broken, type MakeDialect, more, type Step } from './dialect.ts'
import { lineDialect, quoteLine } from './line-dialect.ts'

export const sieve: MakeDialect = () => {
  let offered = false
  let heard = inCapabilities

  function inCapabilities(line: string): Step {
    if (/^"STARTTLS"$/i.test(line)) offered = true
    if (/^"[^"]+"(?: "[^"]*")?$/.test(line)) return more()
    if (!isOk(line)) return broken(`greeted with ${quoteLine(line)}`)
    if (!offered) return { kind: 'missing', what: 'does not offer STARTTLS among its capabilities' }
    heard = awaitGoAhead
    return more('STARTTLS\r\n')
  }

  function awaitGoAhead(line: string): Step {
    if (isOk(line)) return { kind: 'ready' }
    if (/^NO(?: |$)/i.test(line)) return { kind: 'missing', what: `answered STARTTLS with ${quoteLine(line)}` }
    return broken(`answered STARTTLS with ${quoteLine(line)}`)
  }

  return lineDialect({ line: (line) => heard(line) })
}

const isOk = (line: string): boolean => /^OK(?: |$)/i.test(line)
