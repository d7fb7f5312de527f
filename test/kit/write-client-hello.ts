/** ClientHellos that no library would send, for tests of who reads them. */

export interface HelloWish {
  readonly legacyVersion?: number
  readonly suites?: readonly number[]
  readonly sessionId?: Buffer
  readonly compressions?: readonly number[]
  /** Number and body, in this order. */
  readonly extensions?: readonly (readonly [id: number, body: Buffer])[]
}

/** Writes the body of a ClientHello message. */
export function writeClientHello(wish: HelloWish = {}): Buffer {
  const { legacyVersion = 0x0303, suites = [0x1301], sessionId = Buffer.alloc(32, 7), compressions = [0] } = wish
  const extensions = wish.extensions ?? [serverName('a.test'), supportedVersions(0x0304)]
  return Buffer.concat([
    word(legacyVersion),
    Buffer.alloc(32, 9),
    vector(1, sessionId),
    vector(2, words(...suites)),
    vector(1, Buffer.from(compressions)),
    vector(2, Buffer.concat(extensions.map(([id, body]) => Buffer.concat([word(id), vector(2, body)])))),
  ])
}

/** The message in one record. */
export function asRecord(type: number, body: Buffer): Buffer {
  const message = Buffer.concat([Buffer.from([type]), vector(3, body)])
  return Buffer.concat([Buffer.from([0x16, 3, 1]), vector(2, message)])
}

/** The extension server_name with these names in its list; of type host_name unless said otherwise. */
export function serverName(...names: readonly (string | { type: number; name: string })[]): [number, Buffer] {
  const entries = names.map((each) => {
    const { type, name } = typeof each === 'string' ? { type: 0, name: each } : each
    return Buffer.concat([Buffer.from([type]), vector(2, Buffer.from(name, 'latin1'))])
  })
  return [0, vector(2, Buffer.concat(entries))]
}

/** The extension supported_versions of a client. */
export function supportedVersions(...versions: readonly number[]): [number, Buffer] {
  return [43, vector(1, words(...versions))]
}

/** The extension supported_groups. */
export function supportedGroups(...groups: readonly number[]): [number, Buffer] {
  return [10, vector(2, words(...groups))]
}

/** A vector behind its length. */
export function vector(size: 1 | 2 | 3, bytes: Buffer): Buffer {
  const length = Buffer.alloc(size)
  length.writeUIntBE(bytes.length, 0, size)
  return Buffer.concat([length, bytes])
}

function words(...values: readonly number[]): Buffer {
  return Buffer.concat(values.map(word))
}

function word(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}
