import type { RuleInput } from './importer.ts'
import type { Place, Tell } from './report.ts'
import { unverified } from './verification.ts'

/** What a security level comes to: whether backends are verified, and whether plain text may leave. */
export interface LevelWish {
  readonly verify?: boolean
  readonly plaintext?: true
}

/** Translates a security level, and says what is different here. */
export function levelWish(
  level: string,
  at: Place,
  { scope, tell }: { scope: 'policy' | 'rule'; tell: Tell },
): LevelWish {
  switch (level) {
    case 'none':
      if (scope === 'rule') tell(at, 'dangerous', 'leaves in plain text, which anyone on the way can read and change')
      else
        tell(
          at,
          'changed',
          'plain text leaves by the rule of one backend only (plaintext: true): TLS is asked for here',
        )
      return scope === 'rule' ? { plaintext: true } : {}
    case 'may':
      tell(at, 'changed', 'TLS was used where offered; here there is no falling back to plain text')
      tell(at, 'dangerous', unverified)
      return { verify: false }
    case 'encrypt':
      tell(at, 'dangerous', unverified)
      return { verify: false }
    case 'dane':
    case 'dane-only':
      tell(at, 'changed', 'DANE is not known here: chain and name are verified instead')
      return { verify: true }
    case 'fingerprint':
      tell(at, 'changed', 'the pinned key decides, where one can be taken; else chain and name')
      return { verify: true }
    case 'verify':
      tell(at, 'taken', 'chain and name are verified')
      return { verify: true }
    case 'secure':
      tell(at, 'taken', 'chain and name are verified; the name is the one asked for')
      return { verify: true }
    default:
      tell(at, 'ignored', level === '' ? 'no level is said' : `${level} is no security level of Postfix`)
      return {}
  }
}

/** Takes fingerprints for pins: SHA-256 ones, which Postfix compares with the certificate and with its public key. */
export function pinsOf(match: string, at: Place, tell: Tell): RuleInput['pins'] {
  const prints = match.split('|').map((each) => each.replaceAll(':', ''))
  const pins = prints
    .filter((each) => /^[\da-f]{64}$/i.test(each))
    .map((each) => Buffer.from(each, 'hex').toString('base64'))
  if (pins.length === 0) {
    tell(at, 'changed', 'no SHA-256 fingerprint to pin: chain and name are verified instead')
    return undefined
  }
  tell(at, 'changed', 'fingerprints became pins of public keys: those of whole certificates have to be written anew')
  return { mode: 'instead', spkiSha256: pins }
}
