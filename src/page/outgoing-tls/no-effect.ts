/**
 * Which settings are kept although nothing uses them yet. The classic page dropped such changes without a word; here
 * they stay, and this says why nothing is to be seen of them.
 */
import type { Spec } from '../draft/policy-spec.ts'

/** Tells in sentences what has no effect yet; `backends` is how many are known, undefined while nobody has counted. */
export function settingsWithoutEffect(spec: Spec, backends: number | undefined): readonly string[] {
  const { strictTls, destinations, revocation, rules } = spec
  const idle = [
    ...(strictTls.allowUntrusted ? ['Allow and Log untrusted servers'] : []),
    ...(strictTls.customTrustStores.length > 0 ? ['the custom trust store'] : []),
    // Soft mode is the default, which nobody chose; pins and Evaluate have their effect all the same.
    ...(revocation.mode === 'hard' ? ['hard revocation'] : []),
  ]
  const nobodyMay = destinations.unlisted === 'deny' && rules.every(({ plaintext }) => plaintext === true)
  return [
    ...(!strictTls.enabled && idle.length > 0 ? [`Strict TLS is off, so these wait for it: ${idle.join(', ')}.`] : []),
    ...(nobodyMay ? ['No rule lets a connection out over TLS, and what no rule names is denied.'] : []),
    ...(!nobodyMay && backends === 0
      ? ['No backend is known yet: the settings hold from the first connection on.']
      : []),
  ]
}
