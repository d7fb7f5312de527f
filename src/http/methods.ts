/**
 * The methods that are taken: those that llhttp, and so nearly every backend written for Node, knows over HTTP.
 * A method outside the list is refused because parsers disagree about it, and a proxy that passes what its
 * backend cannot frame invites smuggling. The test holds the list against `http.METHODS`.
 */

const names =
  'GET POST HEAD PUT DELETE PATCH OPTIONS CONNECT TRACE QUERY ' +
  'ACL BIND CHECKOUT COPY LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY PROPFIND PROPPATCH ' +
  'PURGE REBIND REPORT SEARCH SOURCE SUBSCRIBE UNBIND UNLINK UNLOCK UNSUBSCRIBE'

/** Those that may be sent twice without anybody noticing (RFC 9110 §9.2.2). */
export const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** Every known method, by itself: looking one up gives a shared string instead of a slice of a head. */
export const methods: ReadonlyMap<string, string> = new Map(names.split(' ').map((name) => [name, name]))

/** The method that stands at `from`…`to`; undefined for one that is not known. Most are GET, told by its bytes alone. */
export function methodAt(bytes: Buffer, from: number, to: number): string | undefined {
  const isGet = to - from === 3 && bytes[from] === 0x47 && bytes[from + 1] === 0x45 && bytes[from + 2] === 0x54
  return isGet ? 'GET' : methods.get(bytes.toString('latin1', from, to))
}
