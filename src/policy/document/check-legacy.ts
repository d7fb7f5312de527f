/**
 * The legacy hatch: what takes back safety for one old backend, and what only works behind it. OpenSSL gives up what
 * its security level does not have without a word before the first byte, so each contradiction is told here.
 */

import type { Protocol } from '../policy.ts'
import type { TlsEntry } from './schema.ts'
import type { TlsScope } from './tls-scope.ts'

/** What OpenSSL 3.2 and later hold to by themselves: 112 bits, so RSA and DH from 2048 on and no SHA-1 signatures. */
export const usualSecurityLevel = 2
/** The least bits of a Diffie-Hellman group where no rule says otherwise. */
export const usualDhBits = 2048

/** Checks the old protocols and the hatch they stand behind. */
export function checkLegacy(protocols: readonly Protocol[], entry: TlsEntry, { path, note, said }: TlsScope): void {
  const old = protocols.filter((protocol) => protocol === 'TLSv1' || protocol === 'TLSv1.1')
  const place = said.protocols === undefined && said.profile !== undefined ? 'profile' : 'protocols'
  if (old.length > 0 && entry.legacy?.securityLevel !== 0) {
    const why = 'OpenSSL gives it up above security level 0, which a rule sets for its own backend'
    note('error', [...path, place], `${old.join(' and ')}: ${why} (legacy: { securityLevel: 0 })`)
  } else if (old.length > 0 && said[place] !== undefined) {
    note('warning', [...path, place], `${old.join(' and ')}: withdrawn by RFC 8996, its signatures use SHA-1 and MD5`)
  }
  if (said.protocols !== undefined) refuseHoles(protocols, { path, note, said })
  if (said.legacy !== undefined) checkHatch(said.legacy, protocols, { path: [...path, 'legacy'], note, said })
}

/**
 * Tells the protocols that lie between those chosen: a ClientHello offers a range, so these would go out with it. No
 * document may choose so; report mode may, when it widens what a rule offers.
 */
export function holesIn(protocols: readonly Protocol[]): Protocol[] {
  const [lowest, highest] = [protocols[0], protocols.at(-1)]
  if (lowest === undefined || highest === undefined) return []
  const range = allProtocols.slice(allProtocols.indexOf(lowest), allProtocols.indexOf(highest) + 1)
  return range.filter((protocol) => !protocols.includes(protocol))
}

/** Every protocol there is, ascending. */
export const allProtocols: readonly Protocol[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

function refuseHoles(protocols: readonly Protocol[], { path, note }: TlsScope): void {
  const holes = holesIn(protocols)
  if (holes.length === 0) return
  const reason = 'OpenSSL offers a range, so it would go out unselected: choose it too, or leave out what is below it'
  note('error', [...path, 'protocols'], `leaves out ${holes.join(' and ')} in the middle: ${reason}`)
}

function checkHatch(
  { securityLevel, unsafeRenegotiation, minDhBits }: NonNullable<TlsEntry['legacy']>,
  protocols: readonly Protocol[],
  { path, note }: TlsScope,
): void {
  if (securityLevel !== undefined) {
    const lost = securityLevel === 0 ? 'keys and signatures of any weakness' : '1024-bit keys and SHA-1'
    note('warning', [...path, 'securityLevel'], `accepts ${lost} from this backend`)
  }
  const isTls13Alone = protocols.every((protocol) => protocol === 'TLSv1.3')
  if (unsafeRenegotiation === true) {
    const reason = isTls13Alone
      ? 'has no effect: TLSv1.3 has no renegotiation'
      : 'accepts a backend without RFC 5746: whoever is on the way can put a request of their own in front of ours'
    note('warning', [...path, 'unsafeRenegotiation'], reason)
  }
  if (minDhBits === undefined) return
  if (securityLevel === undefined) {
    const why = 'OpenSSL refuses groups under 2048 bits above security level 1'
    note('error', [...path, 'minDhBits'], `${why} (legacy: { securityLevel: 1, minDhBits: ${minDhBits} })`)
  } else {
    const reason = isTls13Alone
      ? 'has no effect: TLSv1.3 has groups of its own'
      : `accepts Diffie-Hellman groups of ${minDhBits} bits, which a state can break (Logjam)`
    note('warning', [...path, 'minDhBits'], reason)
  }
}
