/**
 * The names a certificate was issued to, from the text Node makes of the extension. Node writes a value that could
 * be mistaken for more than one entry as a JSON string (CVE-2021-44531 to -44533 came from splitting at commas);
 * here the text is read from left to right, and what does not fit the grammar is no name at all.
 */
import net from 'node:net'

export interface SubjectName {
  readonly kind: 'dns' | 'ip' | 'uri' | 'email' | 'other'
  /** As it stands in the certificate, unescaped: it may hold any character. IPv6 addresses in their shortest form. */
  readonly value: string
}

const kinds: Readonly<Record<string, SubjectName['kind']>> = {
  DNS: 'dns',
  'IP Address': 'ip',
  URI: 'uri',
  email: 'email',
}
const ENTRY = /([A-Za-z][A-Za-z0-9 ]*):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y

/** Reads `X509Certificate.subjectAltName`; no names at all when any part of it cannot be understood. */
export function parseSubjectNames(text: string | undefined): SubjectName[] {
  if (text === undefined) return []
  const names: SubjectName[] = []
  ENTRY.lastIndex = 0
  while (ENTRY.lastIndex < text.length) {
    const found = ENTRY.exec(text)
    if (found === null) return []
    const name = nameOf(found[1] as string, found[2] as string)
    if (name === undefined) return []
    names.push(name)
  }
  return names
}

function nameOf(label: string, written: string): SubjectName | undefined {
  const kind = kinds[label] ?? 'other'
  const value = written.startsWith('"') ? unquote(written) : written
  if (value === undefined) return undefined
  if (kind === 'ip' && net.isIPv6(value)) return { kind, value: new URL(`http://[${value}]`).hostname.slice(1, -1) }
  // `IP Address:<invalid length=5>` is a name of no kind that anything could be compared with.
  return { kind: kind === 'ip' && net.isIP(value) === 0 ? 'other' : kind, value }
}

function unquote(json: string): string | undefined {
  try {
    return JSON.parse(json) as string
  } catch {
    return undefined
  }
}
