/**
 * IMAP (RFC 9051 §6.2.1). The caller gets the greeting without the capabilities in it: those of the time before TLS
 * (STARTTLS, LOGINDISABLED) would mislead it, and a client must ask anew anyway. A backend that greets as
 * authenticated already (PREAUTH) leaves no moment at which TLS could be asked for, and is refused.
 */
import { broken, type MakeDialect, more, type Step } from './dialect.ts'
import { lineDialect, quoteLine } from './line-dialect.ts'

export const imap: MakeDialect = () => {
  let greeting = ''
  let offered = false
  let heard = awaitGreeting

  function awaitGreeting(line: string): Step {
    const [, text] = /^\* OK(?: (.*))?$/i.exec(line) ?? []
    if (!/^\* OK(?: |$)/i.test(line)) return broken(`greeted with ${quoteLine(line)}`)
    greeting = `* OK ${(text ?? '').replace(/^\[[^\]]*\] ?/, '') || 'ready'}\r\n`
    heard = awaitList
    return more('v1 CAPABILITY\r\n')
  }

  function awaitList(line: string): Step {
    if (/^\* BYE(?: |$)/i.test(line)) return broken(`said ${quoteLine(line)}`)
    if (/^\* CAPABILITY /i.test(line)) offered = line.toUpperCase().split(' ').includes('STARTTLS')
    if (line.startsWith('* ')) return more()
    const answered = answerOf(line, 'v1', 'CAPABILITY')
    if (answered !== undefined) return answered
    if (!offered) return { kind: 'missing', what: 'does not offer STARTTLS among its capabilities' }
    heard = awaitGoAhead
    return more('v2 STARTTLS\r\n')
  }

  function awaitGoAhead(line: string): Step {
    if (/^\* BYE(?: |$)/i.test(line)) return broken(`said ${quoteLine(line)}`)
    if (line.startsWith('* ')) return more()
    return answerOf(line, 'v2', 'STARTTLS') ?? { kind: 'ready', greeting: Buffer.from(greeting, 'latin1') }
  }

  return lineDialect({ line: (line) => heard(line) })
}

/** Undefined when a command went well. */
function answerOf(line: string, tag: string, command: string): Step | undefined {
  const [, word] = new RegExp(`^${tag} (OK|NO|BAD)(?: |$)`, 'i').exec(line) ?? []
  if (word === undefined) return broken(`answered ${command} with ${quoteLine(line)}`)
  if (word.toUpperCase() === 'OK') return undefined
  return { kind: 'missing', what: `answered ${command} with ${quoteLine(line)}` }
}
