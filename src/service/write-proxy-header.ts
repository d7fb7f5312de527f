/** The PROXY header that a backend is sent before anything else: who called us, and where. */
import { parseIp } from '../policy/address/ip-address.ts'
import type { CallerEnds, End } from './caller-ends.ts'
import { PROXY_V2_SIGNATURE } from './proxy-header.ts'

/** Writes it; where nobody can say who called, it says that. */
export function writeProxyHeader(version: 'v1' | 'v2', ends: CallerEnds): Buffer {
  return version === 'v1' ? writeV1(ends) : writeV2(ends)
}

function writeV1(ends: CallerEnds): Buffer {
  const family = familyOf(ends)
  if (ends === undefined || family === undefined) return Buffer.from('PROXY UNKNOWN\r\n', 'latin1')
  const { source, destination } = ends
  const words = ['PROXY', family, source.address, destination.address, source.port, destination.port]
  return Buffer.from(`${words.join(' ')}\r\n`, 'latin1')
}

function writeV2(ends: CallerEnds): Buffer {
  const family = familyOf(ends)
  if (ends === undefined || family === undefined) return fixedPart(0x00, Buffer.alloc(0))
  const { source, destination } = ends
  const addresses = [source, destination].map(({ address }) => parseIp(address) as Uint8Array)
  return fixedPart(family === 'TCP4' ? 0x11 : 0x21, Buffer.concat([...addresses, portOf(source), portOf(destination)]))
}

/** Undefined where the two ends are no pair of one family. */
function familyOf(ends: CallerEnds): 'TCP4' | 'TCP6' | undefined {
  const [source, destination] = [ends?.source, ends?.destination].map((end) => parseIp(end?.address ?? '')?.length)
  if (source === undefined || source !== destination) return undefined
  return source === 4 ? 'TCP4' : 'TCP6'
}

/** Signature, version 2 with the command PROXY, family, and the length of what follows. */
function fixedPart(family: number, rest: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(rest.length)
  return Buffer.concat([PROXY_V2_SIGNATURE, Buffer.from([0x21, family]), length, rest])
}

function portOf({ port }: End): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(port)
  return bytes
}
