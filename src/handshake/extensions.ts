/** Extensions of both hellos (RFC 8446 §4.2): each at most once, looked up by number. */
import { FieldReader } from './field-reader.ts'
import { refuse } from './syntax-error.ts'

/** The extensions that are looked at. */
export const extension = {
  serverName: 0,
  supportedGroups: 10,
  alpn: 16,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  keyShare: 51,
  encryptedClientHello: 0xfe0d,
} as const

/** Extension bodies by number. */
export type Extensions = ReadonlyMap<number, Buffer>

/** Reads what is left of a hello as its extensions; a hello of TLS 1.2 and before may have none at all. */
export function readExtensions(hello: FieldReader): Extensions {
  const found = new Map<number, Buffer>()
  if (hello.isDone) return found
  const list = hello.nested(2)
  hello.end()
  while (!list.isDone) {
    const id = list.number(2)
    // Two readers could take different ones of a pair, so there is none (RFC 8446 §4.2).
    if (found.has(id)) refuse('repeated-extension')
    found.set(id, list.vector(2))
  }
  return found
}

/** Reads one extension that must hold exactly what `read` takes; undefined when it is not there. */
export function readExtension<T>(all: Extensions, id: number, read: (body: FieldReader) => T): T | undefined {
  const bytes = all.get(id)
  if (bytes === undefined) return undefined
  const body = new FieldReader(bytes)
  const value = read(body)
  body.end()
  return value
}

/** Values that clients throw in so that servers keep ignoring what they do not know (RFC 8701). */
export function isGrease(id: number): boolean {
  return (id & 0x0f0f) === 0x0a0a && id >> 8 === (id & 0xff)
}
