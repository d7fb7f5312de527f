/**
 * Holds a fingerprint that somebody brought from elsewhere against the one a backend showed. As in `vedette trust add
 * --from`: it may come with the colons and in the letters of other tools, and it has to be the whole of it.
 */
export function matchesFingerprint(typed: string, sha256: string): boolean {
  return bareFingerprint(typed) === sha256.toLowerCase()
}

/** Says what is wrong with a fingerprint as far as it was typed; empty when nothing is. */
export function faultOfFingerprint(typed: string, sha256: string): string {
  const bare = bareFingerprint(typed)
  if (bare === '') return ''
  if (!/^[0-9a-f]+$/.test(bare)) return 'A fingerprint has hex digits only, with or without colons.'
  if (bare.length < 64) return sha256.toLowerCase().startsWith(bare) ? '' : differs
  return matchesFingerprint(typed, sha256) ? '' : differs
}

/** Writes a fingerprint in groups, so that two people can read it to each other. */
export function groupFingerprint(sha256: string): string {
  return (sha256.toUpperCase().match(/.{2}/g) ?? []).join(':')
}

function bareFingerprint(typed: string): string {
  return typed.trim().replaceAll(/[\s:]/g, '').toLowerCase()
}

const differs = 'This is another certificate than the one that was shown. Do not trust it.'
