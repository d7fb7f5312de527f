/** Goal: what is dangerous is marked at its line and in the policy, in every kind; its harmless twin is not marked. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ImportKind } from '../../src/importer/kinds.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { importText } from './import-text.ts'

interface Row {
  readonly kind: ImportKind
  readonly what: string
  readonly text: string
  /** The same without the danger. */
  readonly twin: string
  readonly line: number
  readonly says: RegExp
}

const stunnel = (lines: string) => `client = yes\n[a]\nconnect = a.example:443\n${lines}\n`
const apache = (lines: string) => `SSLProxyEngine on\nProxyPass / https://a.example/\n${lines}\n`
const nginx = (lines: string) => `location / {\nproxy_pass https://a.example;\n${lines}\n}\n`
const haproxy = (options: string) => `backend b\nserver s a.example:443 ssl ${options}\n`
const strict = 'verifyChain = yes\ncheckHost = a.example'

const off = /neither chain nor name is verified/
const nameless = /verified without a name/
const anonymous = /anonymous|anyone pose/
const weak = /security level 0/

const rows: readonly Row[] = [
  { kind: 'stunnel', what: 'verify off', text: stunnel(''), twin: stunnel(strict), line: 3, says: off },
  {
    kind: 'stunnel',
    what: 'verifyChain without checkHost',
    text: stunnel('verifyChain = yes'),
    twin: stunnel(strict),
    line: 4,
    says: nameless,
  },
  {
    kind: 'stunnel',
    what: 'verify = 2 without checkHost',
    text: stunnel('verify = 2'),
    twin: stunnel('verify = 2\ncheckHost = a.example'),
    line: 4,
    says: nameless,
  },
  { kind: 'stunnel', what: 'verify = 1', text: stunnel('verify = 1'), twin: stunnel(strict), line: 4, says: off },
  {
    kind: 'stunnel',
    what: 'an aNULL list',
    text: stunnel(`${strict}\nciphers = HIGH:aNULL`),
    twin: stunnel(`${strict}\nciphers = HIGH:!aNULL`),
    line: 6,
    says: anonymous,
  },
  {
    kind: 'stunnel',
    what: 'securityLevel 0',
    text: stunnel(`${strict}\nsecurityLevel = 0`),
    twin: stunnel(`${strict}\nsecurityLevel = 2`),
    line: 6,
    says: weak,
  },
  {
    kind: 'stunnel',
    what: 'old renegotiation',
    text: stunnel(`${strict}\noptions = LEGACY_SERVER_CONNECT`),
    twin: stunnel(`${strict}\noptions = NO_TICKET`),
    line: 6,
    says: /RFC 5746/,
  },
  {
    kind: 'apache',
    what: 'verify off',
    text: apache('SSLProxyVerify none'),
    twin: apache('SSLProxyVerify require'),
    line: 3,
    says: off,
  },
  {
    kind: 'apache',
    what: 'verify unsaid',
    text: apache(''),
    twin: apache('SSLProxyVerify require'),
    line: 1,
    says: off,
  },
  {
    kind: 'apache',
    what: 'names off',
    text: apache('SSLProxyVerify require\nSSLProxyCheckPeerName off'),
    twin: apache('SSLProxyVerify require\nSSLProxyCheckPeerName on'),
    line: 4,
    says: nameless,
  },
  {
    kind: 'apache',
    what: 'dates off',
    text: apache('SSLProxyVerify require\nSSLProxyCheckPeerExpire off'),
    twin: apache('SSLProxyVerify require\nSSLProxyCheckPeerExpire on'),
    line: 4,
    says: /expired/,
  },
  {
    kind: 'apache',
    what: 'ADH',
    text: apache('SSLProxyVerify require\nSSLProxyCipherSuite ADH:HIGH'),
    twin: apache('SSLProxyVerify require\nSSLProxyCipherSuite !ADH:HIGH'),
    line: 4,
    says: anonymous,
  },
  {
    kind: 'postfix',
    what: 'the level may',
    text: 'smtp_tls_security_level = may',
    twin: 'smtp_tls_security_level = secure',
    line: 1,
    says: off,
  },
  {
    kind: 'postfix',
    what: 'the level encrypt',
    text: 'a.example encrypt',
    twin: 'a.example verify',
    line: 1,
    says: off,
  },
  {
    kind: 'postfix',
    what: 'the level none',
    text: 'a.example none',
    twin: 'a.example secure',
    line: 1,
    says: /plain text/,
  },
  {
    kind: 'postfix',
    what: 'the grade null',
    text: 'smtp_tls_ciphers = null',
    twin: 'smtp_tls_ciphers = high',
    line: 1,
    says: /encrypt nothing/,
  },
  { kind: 'gnutls', what: '+ANON-DH', text: 'NORMAL:+ANON-DH', twin: 'NORMAL:-RSA', line: 1, says: anonymous },
  {
    kind: 'gnutls',
    what: 'TLS_REQCERT never',
    text: 'TLS_REQCERT never',
    twin: 'TLS_REQCERT demand',
    line: 1,
    says: off,
  },
  {
    kind: 'courier',
    what: 'TLS_VERIFYPEER=NONE',
    text: 'TLS_VERIFYPEER=NONE',
    twin: 'ESMTP_TLS_VERIFY_DOMAIN=1\nTLS_VERIFYPEER=PEER',
    line: 1,
    says: off,
  },
  {
    kind: 'courier',
    what: 'a chain without a name',
    text: 'TLS_VERIFYPEER=PEER',
    twin: 'ESMTP_TLS_VERIFY_DOMAIN=1\nTLS_VERIFYPEER=PEER',
    line: 1,
    says: nameless,
  },
  { kind: 'openssl', what: 'ADH', text: 'HIGH:ADH', twin: 'HIGH:!ADH', line: 1, says: anonymous },
  {
    kind: 'openssl',
    what: 'security level 0',
    text: 'HIGH:@SECLEVEL=0',
    twin: 'HIGH:@SECLEVEL=2',
    line: 1,
    says: weak,
  },
  {
    kind: 'openssl',
    what: 'VerifyMode None',
    text: 'VerifyMode = None',
    twin: 'VerifyMode = Peer',
    line: 1,
    says: off,
  },
  {
    kind: 'java',
    what: 'an anonymous suite',
    text: 'https.cipherSuites=TLS_DH_anon_WITH_AES_128_CBC_SHA',
    twin: 'https.cipherSuites=TLS_AES_128_GCM_SHA256',
    line: 1,
    says: anonymous,
  },
  {
    kind: 'java',
    what: 'names off',
    text: '-Djdk.internal.httpclient.disableHostnameVerification',
    twin: 'jdk.internal.httpclient.disableHostnameVerification=false\nhttps.protocols=TLSv1.3',
    line: 1,
    says: nameless,
  },
  {
    kind: 'nginx',
    what: 'verify off',
    text: nginx('proxy_ssl_verify off;'),
    twin: nginx('proxy_ssl_verify on;'),
    line: 3,
    says: off,
  },
  { kind: 'nginx', what: 'verify unsaid', text: nginx(''), twin: nginx('proxy_ssl_verify on;'), line: 2, says: off },
  {
    kind: 'haproxy',
    what: 'verify none',
    text: haproxy('verify none'),
    twin: haproxy('verify required verifyhost a.example'),
    line: 2,
    says: off,
  },
  {
    kind: 'haproxy',
    what: 'a chain without a name',
    text: haproxy('verify required'),
    twin: haproxy('verify required sni str(a.example)'),
    line: 2,
    says: nameless,
  },
  {
    kind: 'haproxy',
    what: 'security level 0',
    text: haproxy('sni str(a.example) ciphers HIGH:@SECLEVEL=0'),
    twin: haproxy('sni str(a.example) ciphers HIGH'),
    line: 2,
    says: weak,
  },
  { kind: 'sentry', what: 'strict TLS off', text: 'Strict TLS: off', twin: 'Strict TLS: on', line: 1, says: off },
  {
    kind: 'sentry',
    what: 'allow and log',
    text: 'Allow and Log untrusted servers: on',
    twin: 'Allow and Log untrusted servers: off',
    line: 1,
    says: /pose as a backend/,
  },
  {
    kind: 'mozilla',
    what: 'a NULL suite',
    text: '{"ciphers":["NULL-SHA"]}',
    twin: '{"ciphers":["AES128-SHA"]}',
    line: 1,
    says: /encrypts nothing/,
  },
]

describe('what is dangerous', () => {
  for (const { kind, what, text, twin, line, says } of rows) {
    it(`${kind}: ${what} is marked, and nothing where it is set right`, async () => {
      const { report } = await importText(kind, text)
      const marked = report.filter(({ result }) => result === 'dangerous')
      assert.ok(
        marked.some((each) => each.line === line && says.test(each.says)),
        JSON.stringify(marked),
      )
      const sound = await importText(kind, twin)
      assert.deepEqual(
        sound.report.filter(({ result }) => result === 'dangerous'),
        [],
      )
    })
  }

  it('a policy verifies wherever the document did, and only there', async () => {
    const verifies = async (kind: ImportKind, text: string) => {
      const { policy } = parsePolicy((await importText(kind, text)).policy, { file: kind })
      return (policy.rules[0] ?? policy.unlisted).strict
    }
    for (const { kind, text, twin, says } of rows.filter((each) => each.says === off || each.says === nameless)) {
      assert.equal(await verifies(kind, text), says === nameless, `${kind}: ${text}`)
      assert.equal(await verifies(kind, twin), true, `${kind}: ${twin}`)
    }
  })
})
