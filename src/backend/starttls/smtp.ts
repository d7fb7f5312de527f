/**
 * SMTP (RFC 3207) and LMTP (RFC 2033). The greeting is kept for the caller, who then says its own EHLO inside TLS; what
 * the backend has told us in plain text about itself is forgotten.
 */
import { broken, type MakeDialect, more, type Step } from './dialect.ts'
import { lineDialect, quoteLine } from './line-dialect.ts'
import { type NumberedReply, numberedReplies } from './numbered-replies.ts'

export const smtp: MakeDialect = () => mailDialect('EHLO')
export const lmtp: MakeDialect = () => mailDialect('LHLO')

function mailDialect(hello: 'EHLO' | 'LHLO') {
  let greeting = ''
  let heard = awaitGreeting

  function awaitGreeting(reply: NumberedReply): Step {
    if (reply.code !== 220) return broken(`greeted with ${quoteLine(reply.text.trimEnd())}`)
    greeting = reply.text
    heard = awaitHello
    return more(`${hello} localhost\r\n`)
  }

  function awaitHello({ code, lines }: NumberedReply): Step {
    if (code !== 250) return { kind: 'missing', what: `does not offer STARTTLS: it answered ${hello} with ${code}` }
    // The first line is the name of the server, which may be anything.
    const offered = lines.slice(1).some((line) => line.toUpperCase() === 'STARTTLS')
    if (!offered) return { kind: 'missing', what: `does not offer STARTTLS in its answer to ${hello}` }
    heard = awaitGoAhead
    return more('STARTTLS\r\n')
  }

  function awaitGoAhead({ code, lines, text }: NumberedReply): Step {
    if (code >= 400) return { kind: 'missing', what: `answered STARTTLS with ${quoteLine(text.trimEnd())}` }
    if (code !== 220 || lines.length > 1) return broken(`answered STARTTLS with ${quoteLine(text.trimEnd())}`)
    return { kind: 'ready', greeting: Buffer.from(greeting, 'latin1') }
  }

  return lineDialect({ line: numberedReplies((reply) => heard(reply)) })
}
