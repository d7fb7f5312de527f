/**
 * Documents of each kind for the property test of imports: settings in any order, most with a value that suits them and
 * some with one that does not, in a frame that makes the document one of its kind.
 */
import fc from 'fast-check'
import type { ImportKind } from '../../src/importer/kinds.ts'

interface Grammar {
  readonly keys: readonly string[]
  /** Writes one setting. */
  readonly line: (key: string, value: string) => string
  /** Puts settings together to a document. */
  readonly frame: (lines: readonly string[]) => string
}

/** Makes documents of a kind. */
export function documentsOf(kind: ImportKind): fc.Arbitrary<string> {
  const { keys, line, frame } = grammars[kind]
  const setting = fc.constantFrom(...keys).chain((key) => valueFor(key).map((value) => line(key, value)))
  return fc.array(setting, { maxLength: 12 }).map(frame)
}

const words = (text: string) => text.split(' ')
const halves = (lines: readonly string[]) => [lines.slice(0, lines.length / 2), lines.slice(lines.length / 2)] as const

const grammars: Readonly<Record<ImportKind, Grammar>> = {
  stunnel: {
    keys: [
      ...words(
        'client accept connect connect verify verifyChain verifyChain verifyPeer checkHost checkIP CAfile CApath sni',
      ),
      ...words(
        'sslVersion sslVersionMin sslVersionMax ciphers ciphersuites curves securityLevel options cert key protocol',
      ),
      ...words('protocolHost CRLfile OCSPaia OCSPrequire include TIMEOUTidle accept failover protocol options config'),
    ],
    line: (key, value) => `${key} = ${value}`,
    frame: (lines) => {
      const [shared, own] = halves(lines)
      return ['client = yes', ...shared, '[a]', 'connect = c.example:443', ...own, '[b]', 'connect = 8080'].join('\n')
    },
  },
  apache: {
    keys: [
      ...words(
        'SSLProtocol SSLCipherSuite SSLProxyEngine SSLProxyProtocol SSLProxyCipherSuite SSLProxyVerify ProxyPass',
      ),
      ...words(
        'BalancerMember SSLProxyCheckPeerName SSLProxyCheckPeerCN SSLProxyCACertificateFile SSLProxyCheckPeerExpire',
      ),
      ...words('SSLProxyMachineCertificateFile SSLProxyVerify SSLProxyCARevocationCheck SSLProxyCARevocationFile'),
    ],
    line: (key, value) => `${key} ${value}`.trim(),
    frame: (lines) => {
      const [outer, inner] = halves(lines)
      return ['SSLProxyEngine on', ...outer, '<VirtualHost *:80>', ...inner, '</VirtualHost>'].join('\n')
    },
  },
  postfix: {
    keys: [
      ...words(
        'smtp_tls_security_level smtp_tls_protocols smtp_tls_mandatory_protocols smtp_tls_ciphers relayhost key',
      ),
      ...words(
        'smtp_tls_mandatory_ciphers tls_high_cipherlist smtp_tls_exclude_ciphers smtp_tls_CAfile smtp_tls_policy_maps',
      ),
      ...words('smtp_tls_cert_file smtp_tls_wrappermode @a.example @[b.example]:465 @.c.example'),
    ],
    line: (key, value) =>
      key.startsWith('@') ? `${key.slice(1)} secure match=${value} ${value}` : `${key} = ${value}`,
    frame: (lines) => lines.join('\n'),
  },
  gnutls: {
    keys: words(
      'URI TLS_REQCERT TLS_CACERT TLS_CIPHER_SUITE olcTLSCipherSuite: TLS_PROTOCOL_MIN TLS_CERT TLS_KEY TLS_CRLCHECK TLS_CRLFILE',
    ),
    line: (key, value) => `${key} ${value}`,
    frame: (lines) => lines.join('\n'),
  },
  courier: {
    keys: words(
      'TLS_PROTOCOL TLS_STARTTLS_PROTOCOL TLS_CIPHER_LIST TLS_VERIFYPEER TLS_TRUSTCERTS ESMTP_TLS_VERIFY_DOMAIN',
    ),
    line: (key, value) => `${key}="${value}"`,
    frame: (lines) => lines.join('\n'),
  },
  openssl: {
    keys: words('CipherString Ciphersuites MinProtocol MaxProtocol Protocol Groups Curves VerifyMode Cipher'),
    line: (key, value) => (key === 'Cipher' ? value : `${key} = ${value}`),
    frame: (lines) => ['[default]', ...lines].join('\n'),
  },
  java: {
    keys: [
      ...words(
        'jdk.tls.client.protocols jdk.tls.client.cipherSuites https.protocols jdk.tls.namedGroups jdk.tls.disabledAlgorithms',
      ),
      ...words(
        'javax.net.ssl.trustStore jsse.enableSNIExtension -Dhttps.cipherSuites com.sun.net.ssl.checkRevocation ocsp.enable',
      ),
    ],
    line: (key, value) => `${key}=${value}`,
    frame: (lines) => lines.join('\n'),
  },
  nginx: {
    keys: [
      ...words('proxy_pass proxy_pass proxy_ssl_verify proxy_ssl_trusted_certificate proxy_ssl proxy_ssl_server_name'),
      ...words(
        'proxy_ssl_name proxy_ssl_protocols proxy_ssl_ciphers proxy_ssl_certificate proxy_ssl_verify proxy_ssl_crl',
      ),
    ],
    line: (key, value) => `${key} ${value.replaceAll(/[;{}"']/g, '')};`,
    frame: (lines) => {
      const [outer, inner] = halves(lines)
      return ['http {', ...outer, 'location / {', ...inner, '}', 'upstream pool { server e.example; }', '}'].join('\n')
    },
  },
  haproxy: {
    keys: words(
      'verify ca-file crl-file crt sni verifyhost ciphers ciphersuites curves ssl-min-ver ssl-max-ver force-tlsv10 no-tlsv12',
    ),
    line: (key, value) => `${key} ${value}`,
    frame: (lines) => {
      const [shared, own] = halves(lines)
      const servers = own.map((each, index) => `server s${index} d${index}.example:443 ssl ${each}`)
      return ['defaults', `default-server ${shared.join(' ')}`, 'backend a', 'server s e.example ssl', ...servers].join(
        '\n',
      )
    },
  },
  mozilla: {
    keys: words('tls_versions ciphers ciphersuites tls_curves rsa_key_size'),
    line: (key, value) => JSON.stringify({ [key]: value.split(/[:,]/) }).slice(1, -1),
    frame: (lines) => `{"configurations":{"modern":{${lines.join(',')}}}}`,
  },
  sentry: {
    keys: [
      ...words(
        'StrictTLS EnableDefaultJavaTrustStore AllowAndLogUntrustedServers EnableCustomTrustStore SNI Configuration',
      ),
      ...words(
        'SelectedProtocols SelectedCipherSuites SelectedProtocols SelectedCipherSuites AvailableProtocols UseDefault',
      ),
    ],
    line: (key, value) => `${key}=${value}`,
    frame: (lines) => lines.join('\n'),
  },
}

function valueFor(key: string): fc.Arbitrary<string> {
  const suiting = suitingValues.find(([pattern]) => pattern.test(key))?.[1] ?? everyValue
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...suiting) },
    { weight: 2, arbitrary: fc.constantFrom(...everyValue) },
    { weight: 1, arbitrary: fc.string({ maxLength: 24 }) },
  )
}

const switches = words('yes no on off true false require none never demand peer 0 1 2 3 4 optional')
const protocols = [
  ...words(
    'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3 SSLv3 SSLv2Hello all TLSv1.2:TLSv1.3 TLSv1:!SSLv3 !TLSv1.2 >=TLSv1.3 TLSv1.2,TLSv1.3 3.3',
  ),
  ...['all -TLSv1.3', '-all +TLSv1', '>=TLSv1.2, <=TLSv1.2', 'TLSv1.0', 'TLSv1.2+'],
]
const ciphers = [
  ...words(
    'HIGH:!aNULL ADH ALL:@SECLEVEL=0 AES128-SHA:@SECLEVEL=4 PSK TLS_AES_128_GCM_SHA256 RC4-SHA DEFAULT AES:!AES high',
  ),
  ...words(
    'TLS_RSA_WITH_AES_128_CBC_SHA,TLS_AES_256_GCM_SHA384 NORMAL:-VERS-ALL NORMAL:-GROUP-ALL PFS:-VERS-TLS1.2 NONE SUITEB192',
  ),
  ...words(
    'SECURE256:+ANON-DH:-KX-ALL TLS_AES_128_CCM_8_SHA256 medium SSL_RSA_WITH_RC4_128_MD5 ECDHE-RSA-AES128-GCM-SHA256',
  ),
]
const groups = words(
  'X25519:P-256 brainpoolP256r1 X25519MLKEM768 ffdhe2048 secp256r1,x25519 auto ?X448:*P-521 sect283k1 -X25519',
)
const backends = [
  ...words(
    'a.example:443 https://b.example/x https://[::1]:8443 [2001:db8::1]:1 192.0.2.1:1 8080 https://$host https://pool .example',
  ),
  ...words(
    'ldaps://c.example ldap://d.example:1 [e.example]:587 f.example localhost:1 A.EXAMPLE:https xn--.example a..b *.g.example',
  ),
]
const names = words(
  'TLSv1.3 a.example *.a.example 192.0.2.1 ::1 -x x- a_b str(h.example) nexthop [h] req.hdr(host) .h.example',
)
const paths = words('/etc/ca.pem none.pem /a/ca.pem /b/ca.pem system @system-ca /etc/ssl/certs / .. bundled.crt')
const levels = words('none may encrypt dane dane-only fingerprint verify secure high medium')
const everyValue = [
  '',
  '*',
  '-',
  'x y',
  ...switches,
  ...protocols,
  ...ciphers,
  ...groups,
  ...backends,
  ...names,
  ...paths,
  ...levels,
]

const suitingValues: readonly (readonly [RegExp, readonly string[]])[] = [
  [/suite|cipher/i, ciphers],
  [/protocol|version|-ver$|tlsv1/i, protocols],
  [/curve|group/i, groups],
  [
    /verify$|chain|verifyPeer|engine|check(peer|.*expire)|sni$|strict|enable|allow|default|client|server_name|reqcert|mode|domain/i,
    switches,
  ],
  [/level$/i, [...levels, ...switches]],
  [/connect|pass|member|uri|relay|accept/i, backends],
  [/host|checkip|name|^@/i, names],
  [/file|path|cert|key|store|crt|cacert/i, paths],
]
