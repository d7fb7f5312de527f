/**
 * The trailer section of a chunked body. Trailers are merged into the fields by careless recipients, so what
 * may not arrive late (RFC 9110 section 6.5.1) is not passed on, and what would change framing or the
 * connection is refused outright, as llhttp does.
 */

import * as kinds from './field-kind.ts'
import { fieldKind, isPassedOn } from './field-kind.ts'
import { hasKind, readFieldLines } from './field-lines.ts'
import { refuse } from './syntax-error.ts'

/** A trailer section longer than this is refused. */
export const trailerBytesMax = 8192

const refusedKinds = [kinds.CONTENT_LENGTH, kinds.TRANSFER_ENCODING, kinds.CONNECTION, kinds.PROXY_CONNECTION]

/** Parses a trailer section with its empty line and gives the fields that may be passed on: name, value, … */
export function parseTrailers(section: Buffer): readonly string[] {
  const lines = readFieldLines(section, section.toString('latin1'), 0, 0, section.length)
  for (const kind of refusedKinds) if (hasKind(lines, kind)) refuse('framing-in-trailer')
  const { pairs } = lines.fields
  const kept: string[] = []
  for (let index = 0; index < pairs.length; index += 2) {
    const name = pairs[index] as string
    if (mayArriveLate(name)) kept.push(name, pairs[index + 1] as string)
  }
  return kept
}

/** Writes trailer fields and the empty line after them. */
export function writeTrailers(fields: readonly string[]): Buffer {
  let text = ''
  for (let index = 0; index < fields.length; index += 2) text += `${fields[index]}: ${fields[index + 1]}\r\n`
  return Buffer.from(`${text}\r\n`, 'latin1')
}

function mayArriveLate(name: string): boolean {
  const bytes = Buffer.from(name, 'latin1')
  if (!isPassedOn(fieldKind(bytes, 0, bytes.length))) return false
  // An underscore for a dash must not bring in what the dash may not.
  const canonical = name.toLowerCase().replaceAll('_', '-')
  return !early.has(canonical) && !earlyPrefixes.some((prefix) => canonical.startsWith(prefix))
}

/** Fields for routing, authentication, request modifiers, response control and content: they must come early. */
const early = new Set(
  (
    'age authorization cache-control cookie date expect expires forwarded from host location max-forwards origin pragma ' +
    'range referer retry-after set-cookie te trailer upgrade vary via warning www-authenticate authentication-info ' +
    'strict-transport-security clear-site-data refresh alt-svc user-agent x-real-ip x-http-method-override'
  ).split(' '),
)

const earlyPrefixes = ['accept', 'access-control-', 'content-', 'if-', 'proxy-', 'sec-', 'x-forwarded-']
