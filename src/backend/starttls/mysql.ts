/**
 * MySQL and MariaDB: the server greets with its capabilities, the client answers with an SSLRequest and begins TLS at
 * once. MySQL's servers take what a client can do from the SSLRequest alone, and never read it again inside TLS, so a
 * caller is asked first: it gets the greeting, without the offer of TLS, and the SSLRequest repeats the capabilities,
 * packet size and character set of its answer. Nothing else of the answer is used here: its user and password go on
 * inside TLS, behind the verdict. A probe has no caller, and says what every client of today says.
 */
import { broken, type Dialect, injected, type MakeDialect, type Step } from './dialect.ts'
import { MYSQL_SSL_REQUEST_BYTES, MysqlPackets, mysqlFlags, mysqlPacket, withSslFlag } from './mysql-packets.ts'

const GREETING_MAX = 1024
/** Behind capabilities, packet size and character set. */
const RESERVED_AT = 9
const RESERVED_BYTES = 19

export const mysql: MakeDialect = (): Dialect => {
  const packets = new MysqlPackets()
  let isGreeted = false
  return {
    begin: () => ({ kind: 'more' }),
    take: (bytes): Step => {
      // TLS begins with us, so whatever the server says now stands in front of it.
      if (isGreeted) return injected
      packets.push(bytes)
      const { announced = 1 } = packets
      if (announced === 0 || announced > GREETING_MAX) return broken(notMysql)
      const packet = packets.next()
      if (packet === undefined) return { kind: 'more' }
      if (packet.number !== 0) return broken(notMysql)
      if (packets.takeRest().length > 0) return injected
      const step = greetingStep(packet.payload)
      isGreeted = step.kind === 'ask'
      return step
    },
    answered: (answer): Step => ({ kind: 'ready', write: sslRequest(answer) }),
  }
}

const notMysql = 'greeted with something that is no MySQL handshake'

function greetingStep(greeting: Buffer): Step {
  if (greeting[0] === 0xff)
    return broken(`greeted with the MySQL error ${greeting.length > 2 ? greeting.readUInt16LE(1) : 0}`)
  const versionEnd = greeting.indexOf(0, 1)
  // Behind the version: connection id, first part of the challenge, a filler, then the lower half of the capabilities.
  const capabilitiesAt = versionEnd + 1 + 4 + 8 + 1
  if (greeting[0] !== 10 || versionEnd === -1 || greeting.length < capabilitiesAt + 2) return broken(notMysql)
  const capabilities = greeting.readUInt16LE(capabilitiesAt)
  if ((capabilities & mysqlFlags.ssl) === 0)
    return { kind: 'missing', what: 'does not offer TLS among its capabilities' }
  const told = Buffer.from(greeting)
  told.writeUInt16LE(capabilities & ~mysqlFlags.ssl, capabilitiesAt)
  return { kind: 'ask', greeting: mysqlPacket({ number: 0, payload: told }) }
}

/** The beginning of the caller's answer, as if it had asked for TLS itself. */
function sslRequest(answer: Buffer | undefined): Buffer {
  const payload = withSslFlag(answer?.subarray(0, MYSQL_SSL_REQUEST_BYTES) ?? probeAnswer())
  // Nothing is said there yet, so nothing of the caller's goes out with it; MariaDB's capabilities follow.
  payload.fill(0, RESERVED_AT, RESERVED_AT + RESERVED_BYTES)
  return mysqlPacket({ number: 1, payload })
}

/** Capabilities, the longest packet, the character set utf8mb4, and filling. */
function probeAnswer(): Buffer {
  const answer = Buffer.alloc(MYSQL_SSL_REQUEST_BYTES)
  answer.writeUInt32LE(mysqlFlags.protocol41 | mysqlFlags.secureConnection | mysqlFlags.pluginAuth, 0)
  answer.writeUInt32LE(0x1000000, 4)
  answer[8] = 45
  return answer
}
