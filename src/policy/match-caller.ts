/**
 * Who a caller is, as its certificate says, and whether that is one of those meant. A name is written `kind:value`, with
 * the value in one spelling, so that equal names are equal texts: `dns:app.example`, `uri:spiffe://corp/app`.
 */

/** The kinds of names callers are told apart by, as documents spell them. */
export const callerNameKinds = ['dns', 'uri', 'ip', 'email', 'commonName', 'spkiSha256'] as const
export type CallerNameKind = (typeof callerNameKinds)[number]

/** Brings a value to the spelling in which its kind is compared. */
export function callerName(kind: CallerNameKind, value: string): string {
  return `${kind}:${spelled(kind, value)}`
}

/** Tells whether a caller with these names is one of those meant; nobody is who has no name. */
export function matchesCaller(meant: readonly string[], names: readonly string[]): boolean {
  return names.some((name) => meant.some((each) => each === name || isBelow(each, name)))
}

/** `dns:*.corp.example` means every name below it, with one or more labels in front. */
function isBelow(meant: string, name: string): boolean {
  return meant.startsWith(WILDCARD) && name.startsWith('dns:') && name.endsWith(meant.slice(WILDCARD.length - 1))
}

const WILDCARD = 'dns:*.'

function spelled(kind: CallerNameKind, value: string): string {
  if (kind === 'dns') return value.toLowerCase().replace(/\.$/, '')
  if (kind !== 'email') return value
  // Only the domain of an address is the same in any case (RFC 5321 §2.4).
  const at = value.lastIndexOf('@')
  return value.slice(0, at + 1) + value.slice(at + 1).toLowerCase()
}
