/** FTP's control connection (RFC 4217). Data connections are the caller's own business: they do not come through here. */
import { broken, type MakeDialect, more } from './dialect.ts'
import { lineDialect, quoteLine } from './line-dialect.ts'
import { numberedReplies } from './numbered-replies.ts'

export const ftp: MakeDialect = () => {
  let greeting: string | undefined
  const line = numberedReplies(({ code, lines, text }) => {
    const said = quoteLine(text.trimEnd())
    if (greeting === undefined) {
      if (code !== 220) return broken(`greeted with ${said}`)
      greeting = text
      return more('AUTH TLS\r\n')
    }
    if (code >= 400) return { kind: 'missing', what: `answered AUTH TLS with ${said}` }
    if (code !== 234 || lines.length > 1) return broken(`answered AUTH TLS with ${said}`)
    return { kind: 'ready', greeting: Buffer.from(greeting, 'latin1') }
  })
  return lineDialect({ line })
}
