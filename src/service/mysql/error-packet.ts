import { mysqlPacket } from '../../backend/starttls/mysql-packets.ts'
import { faultOf, type SidecarError } from '../../errors.ts'

/** ER_HANDSHAKE_ERROR: the login did not come about. */
const HANDSHAKE_ERROR = 1043

/**
 * Writes an error as MySQL's clients show it: the code, and what a caller itself did wrong; the log says the rest. One
 * that stands in place of the greeting (number 0) has no SQL state yet.
 */
export function errorPacket(error: SidecarError, number: number): Buffer {
  const said = faultOf(error.code) === 'caller' ? `${error.code}: ${error.message}` : error.code
  const state = number === 0 ? '' : '#08S01'
  const payload = Buffer.from(`\xff\0\0${state}vedette: ${said}`, 'latin1')
  payload.writeUInt16LE(HANDSHAKE_ERROR, 1)
  return mysqlPacket({ number, payload })
}
