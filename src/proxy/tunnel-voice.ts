import type { SidecarError } from '../errors.ts'
import type { RequestRecord } from './request-record.ts'

/** How the opening of a tunnel is answered, in the protocol it was asked for in; the record learns what was said. */
export interface TunnelVoice {
  /** Says that the tunnel stands. */
  established(record: RequestRecord): Buffer | string
  /** Says why there is none. */
  refusal(error: SidecarError, record: RequestRecord): Buffer | string
}

/** CONNECT of HTTP/1.1. */
export const httpVoice: TunnelVoice = {
  established(record) {
    record.answered(200)
    return 'HTTP/1.1 200 Connection established\r\n\r\n'
  },
  refusal(error, record) {
    return record.errorReply(error, { close: true, bodyless: false })
  },
}
