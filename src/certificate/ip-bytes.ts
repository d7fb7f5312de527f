import net from 'node:net'

/** Turns an IP literal into its 4 or 16 bytes, as an iPAddress name carries them. */
export function bytesOfIp(text: string): Buffer {
  if (net.isIPv4(text)) return Buffer.from(text.split('.').map(Number))
  if (!net.isIPv6(text)) throw new TypeError(`not an IP address: ${text}`)
  // The URL parser writes every IPv6 literal in hexadecimal groups, so an IPv4 tail needs no case of its own.
  const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::') as [string, string?]
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const words = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
  return Buffer.from(words.flatMap((word) => [word >> 8, word & 0xff]))
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
