/**
 * MySQL: the server greets with its capabilities, the client answers with an SSLRequest and begins TLS at once. What a
 * client says after that is numbered as if it had asked for TLS itself, so a plain caller cannot be carried over it:
 * the settings refuse that, and this dialect serves probes.
 */
import { broken, type Dialect, injected, type MakeDialect, type Step } from './dialect.ts'

const CLIENT_SSL = 0x0800
/** PROTOCOL_41, SSL, SECURE_CONNECTION and PLUGIN_AUTH: what every client of today says. */
const OUR_CAPABILITIES = 0x0200 | CLIENT_SSL | 0x8000 | 0x80000
const HEADER_BYTES = 4
const PACKET_MAX = 1024

export const mysql: MakeDialect = (): Dialect => {
  let held: Buffer = Buffer.alloc(0)
  return {
    begin: () => ({ kind: 'more' }),
    take: (bytes): Step => {
      held = Buffer.concat([held, bytes])
      if (held.length < HEADER_BYTES) return { kind: 'more' }
      const length = held.readUIntLE(0, 3)
      if (held[3] !== 0 || length === 0 || length > PACKET_MAX) return broken(notMysql)
      if (held.length < HEADER_BYTES + length) return { kind: 'more' }
      if (held.length > HEADER_BYTES + length) return injected
      return greetingStep(held.subarray(HEADER_BYTES))
    },
  }
}

const notMysql = 'greeted with something that is no MySQL handshake'

function greetingStep(packet: Buffer): Step {
  if (packet[0] === 0xff)
    return broken(`greeted with the MySQL error ${packet.length > 2 ? packet.readUInt16LE(1) : 0}`)
  const versionEnd = packet.indexOf(0, 1)
  // Behind the version: connection id, first part of the challenge, a filler, then the lower half of the capabilities.
  const capabilitiesAt = versionEnd + 1 + 4 + 8 + 1
  if (packet[0] !== 10 || versionEnd === -1 || packet.length < capabilitiesAt + 2) return broken(notMysql)
  if ((packet.readUInt16LE(capabilitiesAt) & CLIENT_SSL) === 0) {
    return { kind: 'missing', what: 'does not offer TLS among its capabilities' }
  }
  return { kind: 'ready', write: sslRequest() }
}

/** Header with the number 1, capabilities, the longest packet, the character set utf8mb4, and filling. */
function sslRequest(): Buffer {
  const request = Buffer.alloc(HEADER_BYTES + 32)
  request.writeUIntLE(32, 0, 3)
  request[3] = 1
  request.writeUInt32LE(OUR_CAPABILITIES, 4)
  request.writeUInt32LE(0x1000000, 8)
  request[12] = 45
  return request
}
