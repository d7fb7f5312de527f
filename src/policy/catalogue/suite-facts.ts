/** What the IANA name of a cipher suite says about it: the names follow one grammar, and every other name maps to it. */

/** The facts of a suite. */
export interface SuiteFacts {
  /** How the keys of the session are agreed upon: ECDHE, DHE, RSA, … ; `any` in TLS 1.3, where the group tells. */
  readonly keyExchange: string
  /** What the backend proves itself with: RSA, ECDSA, PSK, …; `none` in an anonymous suite, `any` in TLS 1.3. */
  readonly authentication: string
  /** The cipher and its mode, such as `AES-128-GCM`. */
  readonly encryption: string
  /** What it costs to break the cipher, as a power of two; 0 where nothing is encrypted. */
  readonly bits: number
  /** `AEAD`, or the hash that authenticates each record. */
  readonly mac: string
  /** Traffic recorded today stays secret when the key of the backend leaks tomorrow. */
  readonly forwardSecrecy: boolean
  /** Why one should not want it; empty for a good suite. */
  readonly weaknesses: readonly ('no-forward-secrecy' | 'cbc' | 'short-tag')[]
}

/** Reads the facts of a suite from its IANA name. */
export function suiteFacts(iana: string): SuiteFacts {
  const { keys = '', rest = '' } = /^TLS_(?:(?<keys>\w+?)_WITH_)?(?<rest>\w+)$/.exec(iana)?.groups ?? {}
  const hash = /_(SHA\d*|MD5|SM3|IMIT|0|1)$/.exec(rest)?.[1] ?? ''
  const isAead = /_(GCM|CCM|POLY1305|MGM)/.test(rest)
  const cipher = hash === '' ? rest : rest.slice(0, -hash.length - 1)
  const { keyExchange, authentication } = keyFacts(keys)
  const forwardSecrecy = keyExchange === 'any' || keyExchange === 'SRP' || /^(EC)?DHE/.test(keyExchange)
  return {
    keyExchange,
    authentication,
    encryption: cipher.replaceAll('_', '-'),
    bits: bitsOf(cipher),
    mac: isAead ? 'AEAD' : hash.replace(/^SHA$/, 'SHA1'),
    forwardSecrecy,
    weaknesses: [
      ...(forwardSecrecy ? [] : (['no-forward-secrecy'] as const)),
      ...(cipher.includes('CBC') ? (['cbc'] as const) : []),
      ...(/CCM_8/.test(cipher) ? (['short-tag'] as const) : []),
    ],
  }
}

function keyFacts(keys: string): Pick<SuiteFacts, 'keyExchange' | 'authentication'> {
  if (keys === '') return { keyExchange: 'any', authentication: 'any' }
  const parts = keys
    .replace(/_EXPORT\d*$/, '')
    .replace(/^PSK_DHE$/, 'DHE_PSK')
    .split('_')
  const [exchange = '', signer = exchange] = parts
  if (exchange === 'SRP') return { keyExchange: 'SRP', authentication: parts[2] ?? 'SRP' }
  if (signer === 'anon') return { keyExchange: `${exchange}E`, authentication: 'none' }
  if (signer !== 'PSK') return { keyExchange: exchange, authentication: signer }
  return {
    keyExchange: exchange === 'PSK' ? 'PSK' : `${exchange}-PSK`,
    authentication: exchange === 'RSA' ? 'RSA' : 'PSK',
  }
}

/** Two keys of 3DES can be met in the middle; the others have the strength of their key. */
function bitsOf(cipher: string): number {
  if (cipher.startsWith('3DES')) return 112
  const said = /_(\d+)/.exec(cipher.replace(/CCM_8$/, 'CCM'))?.[1]
  if (said !== undefined && !cipher.startsWith('CHACHA20')) return Number(said)
  const word = Object.keys(impliedBits).find((each) => cipher.startsWith(each))
  return word === undefined ? 0 : (impliedBits[word] ?? 0)
}

const impliedBits: Readonly<Record<string, number>> = {
  ...{
    CHACHA20: 256,
    DES40: 40,
    DES: 56,
    IDEA: 128,
    SEED: 128,
    FORTEZZA: 80,
    GOST: 256,
    KUZNYECHIK: 256,
    MAGMA: 256,
    SM4: 128,
  },
}
