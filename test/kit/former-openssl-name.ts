/** How OpenSSL called the suites it no longer has, by the rule of its own old names. */

/** Gives the name OpenSSL 1.0 had for a suite of IANA's; null for one it never had. */
export function formerOpensslName(iana: string): string | null {
  const {
    keys = '',
    cipher = '',
    mac = '',
  } = /^TLS_(?<keys>\w+)_WITH_(?<cipher>\w+)_(?<mac>SHA\d*|MD5)$/.exec(iana)?.groups ?? {}
  const bits = /_EXPORT(1024)?$/.exec(keys)
  const exchange = exchanges[keys.replace(/_EXPORT(1024)?$/, '')]
  const encryption = exchange?.includes('PSK') ? pskCiphers[cipher] : ciphers[cipher]
  if (exchange === undefined || encryption === undefined) return null
  // Suites of ephemeral DH with DES are the only ones that kept the older word for it.
  const named = encryption.startsWith('DES') ? exchange.replace(/^DHE/, 'EDH') : exchange
  return [bits === null ? '' : `EXP${bits[1] ?? ''}`, named, encryption, mac].filter((each) => each !== '').join('-')
}

const exchanges: Readonly<Record<string, string>> = {
  ...{ RSA: '', DH_RSA: 'DH-RSA', DH_DSS: 'DH-DSS', DHE_RSA: 'DHE-RSA', DHE_DSS: 'DHE-DSS', DH_anon: 'ADH' },
  ...{ ECDH_RSA: 'ECDH-RSA', ECDH_ECDSA: 'ECDH-ECDSA', ECDHE_RSA: 'ECDHE-RSA', ECDHE_ECDSA: 'ECDHE-ECDSA' },
  ...{ ECDH_anon: 'AECDH', KRB5: 'KRB5', PSK: 'PSK', DHE_PSK: 'DHE-PSK', RSA_PSK: 'RSA-PSK', ECDHE_PSK: 'ECDHE-PSK' },
  ...{ SRP_SHA: 'SRP', SRP_SHA_RSA: 'SRP-RSA', SRP_SHA_DSS: 'SRP-DSS' },
}

const ciphers: Readonly<Record<string, string>> = {
  ...{ NULL: 'NULL', RC4_128: 'RC4', RC4_56: 'RC4', RC4_40: 'RC4', RC2_CBC_40: 'RC2-CBC', IDEA_CBC: 'IDEA-CBC' },
  ...{ DES40_CBC: 'DES-CBC', DES_CBC: 'DES-CBC', DES_CBC_40: 'DES-CBC', '3DES_EDE_CBC': 'DES-CBC3', SEED_CBC: 'SEED' },
  ...{ AES_128_CBC: 'AES128', AES_256_CBC: 'AES256', AES_128_GCM: 'AES128-GCM', AES_256_GCM: 'AES256-GCM' },
  ...{ CAMELLIA_128_CBC: 'CAMELLIA128', CAMELLIA_256_CBC: 'CAMELLIA256' },
}

const pskCiphers: Readonly<Record<string, string>> = {
  ...{ NULL: 'NULL', RC4_128: 'RC4', '3DES_EDE_CBC': '3DES-EDE-CBC' },
}
