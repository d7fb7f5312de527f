/**
 * RC2 in CBC mode (RFC 2268), decryption only: what old PKCS#12 files wrap their certificates in, and what OpenSSL 3 no
 * longer brings along. It protects nothing here: the certificates inside are public, and their MAC is checked apart.
 */

export interface Rc2Key {
  readonly key: Buffer
  /** How many bits of the key count: 40 or 128 in PKCS#12. */
  readonly effectiveBits: number
  readonly iv: Buffer
}

const BLOCK_BYTES = 8
const ROTATIONS = [1, 2, 3, 5] as const

/** Decrypts whole blocks; the padding is left on. */
export function decryptRc2Cbc(bytes: Buffer, { key, effectiveBits, iv }: Rc2Key): Buffer {
  const schedule = expandKey(key, effectiveBits)
  const plain = Buffer.alloc(bytes.length)
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const before = at === 0 ? iv : bytes.subarray(at - BLOCK_BYTES, at)
    decryptBlock(schedule, bytes.subarray(at, at + BLOCK_BYTES), plain.subarray(at, at + BLOCK_BYTES))
    for (let index = 0; index < BLOCK_BYTES; index += 1) {
      plain[at + index] = (plain[at + index] as number) ^ (before[index] as number)
    }
  }
  return plain
}

/** RFC 2268, section 2: any key becomes 64 words of 16 bits. */
function expandKey(key: Buffer, effectiveBits: number): Uint16Array {
  const table = new Uint8Array(128)
  table.set(key)
  const pi = (index: number) => PI_TABLE[index & 0xff] as number
  const at = (index: number) => table[index] as number
  for (let index = key.length; index < 128; index += 1) {
    table[index] = pi(at(index - 1) + at(index - key.length))
  }
  const effectiveBytes = Math.ceil(effectiveBits / 8)
  const mask = 0xff >> (8 * effectiveBytes - effectiveBits)
  table[128 - effectiveBytes] = pi(at(128 - effectiveBytes) & mask)
  for (let index = 127 - effectiveBytes; index >= 0; index -= 1) {
    table[index] = pi(at(index + 1) ^ at(index + effectiveBytes))
  }
  return Uint16Array.from({ length: 64 }, (_, word) => at(2 * word) | (at(2 * word + 1) << 8))
}

/** RFC 2268, section 4: 16 mixing rounds from the last word of the key to the first, with two mashing rounds between. */
function decryptBlock(schedule: Uint16Array, from: Buffer, to: Buffer): void {
  const words = [from.readUInt16LE(0), from.readUInt16LE(2), from.readUInt16LE(4), from.readUInt16LE(6)]
  for (let round = 15; round >= 0; round -= 1) {
    for (let index = 3; index >= 0; index -= 1) {
      const word = words[index] as number
      const turns = ROTATIONS[index] as number
      const turned = ((word >> turns) | (word << (16 - turns))) & 0xffff
      const [one, two, three] = neighbours(words, index)
      words[index] = (turned - (schedule[round * 4 + index] as number) - (one & two) - (~one & three)) & 0xffff
    }
    if (round === 11 || round === 5) mash(schedule, words)
  }
  words.forEach((word, index) => {
    to.writeUInt16LE(word, index * 2)
  })
}

function mash(schedule: Uint16Array, words: number[]): void {
  for (let index = 3; index >= 0; index -= 1) {
    const [one] = neighbours(words, index)
    words[index] = ((words[index] as number) - (schedule[one & 63] as number)) & 0xffff
  }
}

/** The words one, two and three places before, round the corner. */
function neighbours(words: readonly number[], index: number): readonly [number, number, number] {
  const before = (places: number) => words[(index + 4 - places) & 3] as number
  return [before(1), before(2), before(3)]
}

const PI_TABLE = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32' +
    'bd8f40eb86b77b0bf09521225c6b4e8254d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626' +
    '6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed708e8eade8052eef784aa72ac354d6a2a' +
    '961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2e' +
    'c5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
)
