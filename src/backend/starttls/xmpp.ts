/**
 * XMPP for clients (RFC 6120 §5). A stream is opened only to ask for TLS; the caller opens its own inside it. The XML
 * is not parsed but held against the few shapes it may have: whatever else comes is refused.
 */
import { broken, type Dialect, injected, type MakeDialect, type Step } from './dialect.ts'

const NAMESPACE = 'urn:ietf:params:xml:ns:xmpp-tls'

export const xmpp: MakeDialect = ({ host }): Dialect => {
  let held = ''
  let take = awaitFeatures

  function awaitFeatures(text: string): Step {
    held += text
    if (/<stream:error[\s>]/.test(held)) return broken('refused the XMPP stream')
    if (!BEGINNING.test(held)) return broken('answered with something that is no XMPP stream')
    const [features, after] = splitBehind(held, /<stream:features(?:\s[^>]*)?\/>|<\/stream:features\s*>/)
    if (features === undefined) return { kind: 'more' }
    if (!STARTTLS.test(features)) return { kind: 'missing', what: 'does not offer STARTTLS among its stream features' }
    if (after !== '') return broken('went on before it was asked')
    held = ''
    take = awaitProceed
    return { kind: 'more', write: Buffer.from(`<starttls xmlns='${NAMESPACE}'/>`) }
  }

  function awaitProceed(text: string): Step {
    held += text
    if (/^<failure[\s/>]/.test(held)) return { kind: 'missing', what: 'answered STARTTLS with a failure' }
    const [proceed, after] = splitBehind(held, PROCEED)
    if (proceed !== undefined) return after === '' ? { kind: 'ready' } : injected
    const mayBecome = held.length < 120 && ('<proceed'.startsWith(held) || held.startsWith('<proceed'))
    return mayBecome ? { kind: 'more' } : broken('answered STARTTLS with something else than proceed')
  }

  return {
    begin: () => ({ kind: 'more', write: Buffer.from(opening(host)) }),
    take: (bytes) => take(bytes.toString('latin1')),
  }
}

/** A host in canonical form holds nothing that XML minds. */
function opening(host: string): string {
  const namespaces = "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
  return `<?xml version='1.0'?><stream:stream to='${host}' ${namespaces} version='1.0'>`
}

/** Everything up to the end of the first match, and what stands behind it; undefined without a match. */
function splitBehind(text: string, pattern: RegExp): [string | undefined, string] {
  const found = pattern.exec(text)
  if (found === null) return [undefined, '']
  const end = found.index + found[0].length
  return [text.slice(0, end), text.slice(end)]
}

/** An XML declaration, then the stream; or the beginning of that. */
const BEGINNING = /^\s*(?:<?$|<\?|<s$|<st$|<str$|<stre|<stream:stream\s)/
const STARTTLS = /<starttls\s+xmlns=(['"])urn:ietf:params:xml:ns:xmpp-tls\1\s*\/?>/
const PROCEED = /^<proceed\s+xmlns=(['"])urn:ietf:params:xml:ns:xmpp-tls\1\s*(?:\/>|><\/proceed>)/
