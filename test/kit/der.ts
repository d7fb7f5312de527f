/** Writes DER by hand, for files that no program would write. */

/** One element with a definite length. */
export function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(length)
  return Buffer.concat([Buffer.from([tag, 0x84]), size, content])
}

/** A sequence. */
export function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts)
}

/** An octet string. */
export function octets(bytes: Buffer): Buffer {
  return der(0x04, bytes)
}

/** An integer that is not negative. */
export function integer(value: number): Buffer {
  const hex = value.toString(16)
  const even = hex.padStart(hex.length + (hex.length % 2), '0')
  return der(0x02, Buffer.from(Number.parseInt(even.slice(0, 2), 16) > 0x7f ? `00${even}` : even, 'hex'))
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left & 0x7f) | 0x80)
    return groups
  })
  return der(0x06, Buffer.from(bytes))
}

/** Elements inside each other, `depth` of them; with indefinite lengths when asked. */
export function nested(depth: number, { indefinite = false } = {}): Buffer {
  if (indefinite) return Buffer.concat([Buffer.alloc(depth * 2, Buffer.from([0x30, 0x80])), Buffer.alloc(depth * 2)])
  // From the inside out, with headers of one size, so that a hundred thousand of them take no time.
  const headers = Buffer.alloc(depth * 6)
  for (let level = 0; level < depth; level += 1) {
    headers.writeUInt16BE(0x3084, level * 6)
    headers.writeUInt32BE((depth - level - 1) * 6, level * 6 + 2)
  }
  return headers
}
