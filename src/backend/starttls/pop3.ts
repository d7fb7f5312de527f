/** POP3 (RFC 2595). The greeting is kept for the caller: it may carry the timestamp that APOP needs. */
import { broken, type MakeDialect, more, type Step } from './dialect.ts'
import { lineDialect, quoteLine } from './line-dialect.ts'

export const pop3: MakeDialect = () => {
  let greeting = ''
  let offered = false
  let heard = awaitGreeting

  function awaitGreeting(line: string): Step {
    if (!isGood(line)) return broken(`greeted with ${quoteLine(line)}`)
    greeting = `${line}\r\n`
    heard = awaitList
    return more('CAPA\r\n')
  }

  function awaitList(line: string): Step {
    if (isBad(line)) return { kind: 'missing', what: `does not offer STLS: it answered CAPA with ${quoteLine(line)}` }
    if (!isGood(line)) return broken(`answered CAPA with ${quoteLine(line)}`)
    heard = inList
    return more()
  }

  function inList(line: string): Step {
    if (line.toUpperCase() === 'STLS') offered = true
    if (line !== '.') return more()
    if (!offered) return { kind: 'missing', what: 'does not offer STLS among its capabilities' }
    heard = awaitGoAhead
    return more('STLS\r\n')
  }

  function awaitGoAhead(line: string): Step {
    if (isBad(line)) return { kind: 'missing', what: `answered STLS with ${quoteLine(line)}` }
    if (!isGood(line)) return broken(`answered STLS with ${quoteLine(line)}`)
    return { kind: 'ready', greeting: Buffer.from(greeting, 'latin1') }
  }

  return lineDialect({ line: (line) => heard(line) })
}

const isGood = (line: string): boolean => /^\+OK(?: |$)/.test(line)
const isBad = (line: string): boolean => /^-ERR(?: |$)/.test(line)
