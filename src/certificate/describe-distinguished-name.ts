/** A distinguished name on one line, as OpenSSL and Node write it, for names that stand in no certificate at hand. */
import { derChildren } from './der.ts'
import { printable } from './printable.ts'
import { readDistinguishedName } from './read-distinguished-name.ts'

/** Describes a DER Name; attributes that are rarely met keep the number of their type. Nothing is thrown. */
export function describeDistinguishedName(der: Buffer): string {
  try {
    const [name] = derChildren(der)
    const parts = readDistinguishedName(name?.value ?? Buffer.alloc(0)).flat()
    const told = parts.map(({ type, value }) => `${shortNames[type] ?? `#${type}`}=${value}`)
    return told.length === 0 ? '(empty)' : printable(told.join(', '))
  } catch {
    return '(unreadable)'
  }
}

/** By the object identifier in DER, hex (RFC 4519). */
const shortNames: Readonly<Record<string, string>> = {
  550403: 'CN',
  550406: 'C',
  550407: 'L',
  550408: 'ST',
  '55040a': 'O',
  '55040b': 'OU',
  '0992268993f22c640119': 'DC',
}
