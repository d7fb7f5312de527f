/**
 * LDAP: the extended operation StartTLS (RFC 4511 §4.14). Lengths come in any of BER's forms: Active Directory and
 * others built on WinLDAP write them over four bytes, however short they are. Its client speaks first.
 */
import { broken, type Dialect, injected, type MakeDialect, type Step } from './dialect.ts'

/** Message 1: ExtendedRequest with the name 1.3.6.1.4.1.1466.20037. */
const REQUEST = Buffer.concat([Buffer.from('301d02010177188016', 'hex'), Buffer.from('1.3.6.1.4.1.1466.20037')])
const SEQUENCE = 0x30
const INTEGER = 0x02
const ENUMERATED = 0x0a
const EXTENDED_RESPONSE = 0x78
/** A diagnostic message is a sentence; nobody needs more. */
const ANSWER_MAX = 1024

export const ldap: MakeDialect = (): Dialect => {
  let held: Buffer = Buffer.alloc(0)
  return {
    begin: () => ({ kind: 'more', write: REQUEST }),
    take: (bytes): Step => {
      held = Buffer.concat([held, bytes])
      if (held[0] !== SEQUENCE) return broken(notLdap)
      const message = elementAt(held, 0)
      if (message === 'bad') return broken(notLdap)
      if (message === 'short') return { kind: 'more' }
      if (message.end > ANSWER_MAX) return broken(`announced an answer of over ${ANSWER_MAX} bytes`)
      if (held.length < message.end) return { kind: 'more' }
      const step = answerStep(held.subarray(message.start, message.end))
      return step.kind === 'ready' && held.length > message.end ? injected : step
    },
  }
}

const notLdap = 'answered StartTLS with something that is no LDAP message'

function answerStep(message: Buffer): Step {
  const id = elementAt(message, 0)
  if (typeof id === 'string' || id.end > message.length || id.tag !== INTEGER) return broken(notLdap)
  // Number 0 is a notice of disconnection; any other was not asked for.
  if (id.end - id.start !== 1 || message[id.start] !== 1) return broken('answered another message than StartTLS')
  const response = elementAt(message, id.end)
  if (typeof response === 'string' || response.end !== message.length || response.tag !== EXTENDED_RESPONSE) {
    return broken(notLdap)
  }
  const result = elementAt(message, response.start)
  if (typeof result === 'string' || result.end > message.length || result.tag !== ENUMERATED) return broken(notLdap)
  if (result.end - result.start !== 1) return broken(notLdap)
  const code = message[result.start]
  if (code === 0) return { kind: 'ready' }
  return { kind: 'missing', what: `refused StartTLS with the LDAP result ${code}` }
}

interface Element {
  readonly tag: number
  /** Where its content starts and ends. */
  readonly start: number
  readonly end: number
}

/** Reads tag and length at a place, without looking whether the content is there. */
function elementAt(bytes: Buffer, at: number): Element | 'short' | 'bad' {
  const [tag, first] = [bytes[at], bytes[at + 1]]
  if (tag === undefined || first === undefined) return 'short'
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first }
  const lengthBytes = first & 0x7f
  if (lengthBytes === 0 || lengthBytes > 4) return 'bad'
  if (bytes.length < at + 2 + lengthBytes) return 'short'
  const start = at + 2 + lengthBytes
  return { tag, start, end: start + bytes.readUIntBE(at + 2, lengthBytes) }
}
