/**
 * Names that old documents carry and this platform no longer has. They are recognised by their parts, because the
 * registry holds hundreds of them: a name is a retired suite when it is spelt as suites are, in IANA's, Java's or
 * OpenSSL's way, and some part of it tells why it went.
 */

/** Tells why a cipher suite is gone; undefined for a name that never was a suite. */
export function retiredSuite(name: string): string | undefined {
  if (/_SCSV$/i.test(name)) return 'it is a signal of the handshake, not a suite: leave it out'
  const parts = suiteParts(name.toUpperCase())
  if (parts === undefined) return undefined
  return reasons.find(({ part }) => parts.some((each) => part.test(each)))?.reason
}

/** Tells why a protocol is gone; undefined for a name that never was a protocol. */
export function retiredProtocol(name: string): string | undefined {
  return retiredProtocols[name.toUpperCase()]
}

/** Parts of an IANA or Java name by `_`, of an OpenSSL name by `-`; undefined when any part is no word of suites. */
function suiteParts(name: string): string[] | undefined {
  const iana = /^(?:SSL_CK|SSL|TLS)_(?<keys>\w+)_WITH_(?<rest>\w+)$/.exec(name)?.groups
  const parts = iana === undefined ? name.split('-') : `${iana.keys}_${iana.rest}`.split('_')
  return parts.every((part) => words.test(part)) ? parts : undefined
}

const words =
  /^(EXP\d*|EXPORT\d*|NULL|ANON|E?DH|EDH|ADH|AECDH|ECDHE?|DHE|RSA|DSS|ECDSA|KRB5|FORTEZZA|KEA|GOST\w*|SRP|PSK|RC[24]|DES\d*|3DES|CBC\d*|EDE\d*|IDEA|SEED|CAMELLIA\d*|ARIA\d*|AES\d*|GCM|CCM\d*|CHACHA20|POLY1305|MD5|SHA\d*|\d+|40|56|64|128|256|512|1024)$/

/** The first row that fits gives the reason: the worst fault stands first. */
const reasons: readonly { readonly part: RegExp; readonly reason: string }[] = [
  { part: /^NULL$/, reason: 'a NULL suite encrypts nothing' },
  { part: /^(ANON|ADH|AECDH)$/, reason: 'an anonymous suite lets anyone pose as the backend' },
  { part: /^EXP(ORT)?\d*$/, reason: 'EXPORT suites were made to be broken' },
  { part: /^RC[24]$/, reason: 'RC4 and RC2 are broken, and gone from this OpenSSL' },
  { part: /^(DES\d*|3DES)$/, reason: 'DES and 3DES are too short (Sweet32), and gone from this OpenSSL' },
  { part: /^(IDEA|SEED|FORTEZZA|GOST\w*)$/, reason: 'IDEA, SEED, FORTEZZA and GOST are gone from this OpenSSL' },
  { part: /^DSS$/, reason: 'DSS (DSA) certificates are no longer issued or accepted' },
  { part: /^(KRB5|KEA)$/, reason: 'Kerberos and KEA suites are gone from this OpenSSL' },
  { part: /^MD5$/, reason: 'MD5 is broken' },
  { part: /^(CAMELLIA|ARIA|CCM)\d*$/, reason: 'CAMELLIA, ARIA and CCM suites are not in the list of this runtime' },
  { part: /^(ECDH|DH)$/, reason: 'fixed ECDH and DH keys in certificates are gone from this OpenSSL' },
]

const retiredProtocols: Readonly<Record<string, string>> = {
  SSLV2: 'SSL 2 is broken (DROWN), and gone from this OpenSSL',
  SSLV3: 'SSL 3 is broken (POODLE), and gone from this OpenSSL',
  SSLV2HELLO: 'the SSL 2 hello message went with SSL 2; leave it out, no backend of today needs it',
}
