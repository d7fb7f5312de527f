/**
 * What we say in SOCKS5: the one place that translates error codes to the replies of RFC 1928 §6. They are few; the log
 * says the rest.
 */
import { type ErrorCode, faultOf, type SidecarError } from '../../errors.ts'
import type { TunnelVoice } from '../tunnel-voice.ts'
import { type SocksReply, socksReplies } from './read-socks.ts'

/** A reply, behind it the address we dialled from, which is nobody's business: 0.0.0.0:0. */
export function writeReply(reply: SocksReply): Buffer {
  return Buffer.from([5, socksReplies[reply], 0, 1, 0, 0, 0, 0, 0, 0])
}

export const socksVoice: TunnelVoice = {
  established: (record) => {
    record.answered(0)
    return writeReply('succeeded')
  },
  refusal: (error) => writeReply(replyFor(error)),
}

/** The reply that tells most of an error. */
export function replyFor({ code }: SidecarError): SocksReply {
  return replies[code] ?? (faultOf(code) === 'policy' ? 'notAllowed' : 'failed')
}

const replies: Partial<Record<ErrorCode, SocksReply>> = {
  CALLER_LOOP: 'notAllowed',
  BACKEND_NAME_NOT_FOUND: 'hostUnreachable',
  BACKEND_DNS_FAILED: 'hostUnreachable',
  BACKEND_CONNECT_REFUSED: 'connectionRefused',
  BACKEND_CONNECT_TIMEOUT: 'hostUnreachable',
  BACKEND_UNREACHABLE: 'networkUnreachable',
}
