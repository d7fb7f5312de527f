import { describeAccess } from '../../observe/access-message.ts'
import type { AccessRecord } from '../../observe/access-record.ts'
import type { Connection } from '../contract.ts'
import type { Frozen } from '../instance.ts'

/** Describes a record for the page, in the words of its log line. */
export function describeConnection(record: AccessRecord): Frozen<Connection> {
  const {
    requestId,
    dnsMs,
    connectMs,
    tlsMs,
    firstByteMs,
    totalMs,
    scheme: _,
    generation: __,
    callerPort,
    ...rest
  } = record
  const caller = record.caller.includes(':') ? `[${record.caller}]:${callerPort}` : `${record.caller}:${callerPort}`
  return {
    ...rest,
    id: requestId,
    caller,
    message: describeAccess(record),
    ms: {
      dns: happened(dnsMs),
      connect: happened(connectMs),
      tls: happened(tlsMs),
      firstByte: happened(firstByteMs),
      total: totalMs,
    },
  }
}

function happened(ms: number): number | null {
  return ms < 0 ? null : ms
}
