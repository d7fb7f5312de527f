/** NNTP (RFC 4642). The greeting says whether posting is allowed, so the caller gets it as it was. */
import { broken, type MakeDialect, more, type Step } from './dialect.ts'
import { lineDialect, quoteLine } from './line-dialect.ts'

export const nntp: MakeDialect = () => {
  let greeting = ''
  let offered = false
  let heard = awaitGreeting

  function awaitGreeting(line: string): Step {
    if (!/^20[01] /.test(line)) return broken(`greeted with ${quoteLine(line)}`)
    greeting = `${line}\r\n`
    heard = awaitList
    return more('CAPABILITIES\r\n')
  }

  function awaitList(line: string): Step {
    if (/^[45]\d\d(?: |$)/.test(line)) {
      return { kind: 'missing', what: `does not offer STARTTLS: it answered CAPABILITIES with ${quoteLine(line)}` }
    }
    if (!/^101(?: |$)/.test(line)) return broken(`answered CAPABILITIES with ${quoteLine(line)}`)
    heard = inList
    return more()
  }

  function inList(line: string): Step {
    if (line.toUpperCase() === 'STARTTLS') offered = true
    if (line !== '.') return more()
    if (!offered) return { kind: 'missing', what: 'does not offer STARTTLS among its capabilities' }
    heard = awaitGoAhead
    return more('STARTTLS\r\n')
  }

  function awaitGoAhead(line: string): Step {
    if (/^[45]\d\d(?: |$)/.test(line)) return { kind: 'missing', what: `answered STARTTLS with ${quoteLine(line)}` }
    if (!/^382(?: |$)/.test(line)) return broken(`answered STARTTLS with ${quoteLine(line)}`)
    return { kind: 'ready', greeting: Buffer.from(greeting, 'latin1') }
  }

  return lineDialect({ line: (line) => heard(line) })
}
