/**
 * The PROXY header in front of what a caller sends, versions 1 and 2, as the specification of HAProxy has them.
 * Strict, since what it says ends up in logs: one spelling, nothing missing, and whatever cannot become a header any
 * more is refused at once, not when it would be complete.
 */
import { isIPv4, isIPv6 } from 'node:net'
import type { CallerEnds } from './caller-ends.ts'
import { PROXY_V1_MAX, PROXY_V2_SIGNATURE, type ProxyHeader } from './proxy-header.ts'
import { readProxyV2 } from './read-proxy-v2.ts'

const V1_BEGIN = Buffer.from('PROXY ', 'latin1')

/** Reads the header at the beginning of `bytes`. */
export function readProxyHeader(bytes: Buffer, version: 'v1' | 'v2' | 'either'): ProxyHeader {
  if (version !== 'v2' && beginsLike(bytes, V1_BEGIN)) return readV1(bytes)
  if (version !== 'v1' && beginsLike(bytes, PROXY_V2_SIGNATURE)) return readProxyV2(bytes)
  const which = version === 'either' ? '' : ` of version ${version.slice(1)}`
  return { kind: 'bad', what: `what the caller sent is no PROXY header${which}` }
}

function beginsLike(bytes: Buffer, beginning: Buffer): boolean {
  const length = Math.min(bytes.length, beginning.length)
  return bytes.compare(beginning, 0, length, 0, length) === 0
}

function readV1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, PROXY_V1_MAX).indexOf('\r\n')
  if (end === -1) {
    if (bytes.length >= PROXY_V1_MAX) return bad(`the PROXY line is longer than ${PROXY_V1_MAX} bytes`)
    return { kind: 'more' }
  }
  const line = bytes.toString('latin1', 0, end)
  const header = (ends: CallerEnds): ProxyHeader => ({ kind: 'header', length: end + 2, ends })
  // Whatever follows UNKNOWN is to be ignored, says the specification.
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return header(undefined)
  const [, family, source = '', destination = '', sourcePort = '', destinationPort = '', ...rest] = line.split(' ')
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isIPv6 : undefined
  if (isAddress === undefined) return bad('the PROXY line names neither TCP4, TCP6 nor UNKNOWN')
  const areAddresses = [source, destination].every((each) => isAddress(each) && !each.includes('%'))
  const arePorts = [sourcePort, destinationPort].every((each) => PORT.test(each) && Number(each) <= 65_535)
  if (!areAddresses || !arePorts || rest.length > 0) {
    return bad(`the PROXY line is not two ${family} addresses and two ports`)
  }
  return header({
    source: { address: source, port: Number(sourcePort) },
    destination: { address: destination, port: Number(destinationPort) },
  })
}

function bad(what: string): ProxyHeader {
  return { kind: 'bad', what }
}

const PORT = /^(?:0|[1-9]\d{0,4})$/
