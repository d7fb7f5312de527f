/** Bytes spoiled in the ways that parsers fail on, from a seed, so that what was found can be made again. */

/** Numbers between 0 and 1 from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Spoils a copy of the bytes in one to four places. */
export function mutate(bytes: Buffer, random: () => number): Buffer {
  let spoiled: Buffer = Buffer.from(bytes)
  const times = 1 + Math.floor(random() * 4)
  for (let time = 0; time < times; time++) spoiled = mutateOnce(spoiled, random)
  return spoiled
}

function mutateOnce(bytes: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * bytes.length)
  const some = Math.floor(random() * 16)
  switch (Math.floor(random() * 6)) {
    case 0:
      bytes[at] = Math.floor(random() * 256)
      return bytes
    case 1:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
      return bytes
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + some)])
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + some), bytes.subarray(at)])
    case 4:
      return bytes.subarray(0, at)
    default:
      // Lengths are where parsers go astray: one of two bytes becomes one more or one less.
      if (at + 1 < bytes.length)
        bytes.writeUInt16BE((bytes.readUInt16BE(at) + (random() < 0.5 ? 1 : 65_535)) & 0xffff, at)
      return bytes
  }
}
