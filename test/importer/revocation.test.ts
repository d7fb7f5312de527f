/**
 * Goal: what another product says about revocation becomes a mode and sources, never softer than it was, and every line
 * of it is told. Method: a table of lines by kind, with the twin that asks for nothing.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ImportKind } from '../../src/importer/kinds.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { importText } from './import-text.ts'

const stunnel = (lines: string) => `client = yes\n[a]\nconnect = a.example:443\n${lines}\n`
const strict = 'verifyChain = yes\ncheckHost = a.example\n'
const apache = (lines: string) => `SSLProxyEngine on\nProxyPass / https://a.example/\n${lines}\n`
const required = 'SSLProxyVerify require\n'
const nginx = (lines: string) => `location / {\nproxy_pass https://a.example;\n${lines}\n}\n`
const haproxy = (options: string) => `backend b\nserver s a.example:443 ssl ${options}\n`
const ldap = (lines: string) => `URI ldaps://a.example\nTLS_REQCERT demand\n${lines}\n`

/** What is asked for, written short: `hard crl`; `default` where nothing is, for then our own holds. */
const rows: readonly (readonly [kind: ImportKind, text: string, becomes: string, says: RegExp])[] = [
  ['stunnel', stunnel(`${strict}CRLfile = /etc/corp.crl`), 'hard crl', /copy \/etc\/corp\.crl into the folder crls/],
  ['stunnel', stunnel(`${strict}CRLpath = /etc/crls`), 'hard crl', /copy \/etc\/crls into the folder crls/],
  ['stunnel', stunnel(`${strict}OCSPaia = yes`), 'hard stapled,ocsp', /soft would let through/],
  ['stunnel', stunnel(`${strict}OCSPaia = no`), 'default', /asks for nothing/],
  ['stunnel', stunnel(`${strict}OCSP = http://ocsp.example/`), 'hard stapled,ocsp', /that certificates name are asked/],
  ['stunnel', stunnel(`${strict}OCSPaia = yes\nOCSPrequire = no`), 'soft stapled,crl,ocsp', /the mode is soft/],
  ['stunnel', stunnel(`${strict}OCSPrequire = no`), 'default', /no responder is asked/],
  // Lists are demanded whatever OCSPrequire says.
  ['stunnel', stunnel(`${strict}OCSPaia = yes\nOCSPrequire = no\nCRLfile = a`), 'hard stapled,crl,ocsp', /copy a/],
  ['stunnel', stunnel('CRLfile = /etc/corp.crl'), 'default', /nothing is verified, so nobody asks/],
  ['apache', apache(`${required}SSLProxyCARevocationCheck chain`), 'hard crl', /lists come from the folder crls/],
  ['apache', apache(`${required}SSLProxyCARevocationCheck leaf`), 'hard crl', /every certificate of a chain/],
  [
    'apache',
    apache(`${required}SSLProxyCARevocationCheck chain no_crl_for_cert_ok`),
    'default',
    /mode: soft, sources: \[stapled, crl\]/,
  ],
  ['apache', apache(`${required}SSLProxyCARevocationCheck none`), 'default', /asks for nothing/],
  // Without the check Apache reads the file and never looks at it.
  ['apache', apache(`${required}SSLProxyCARevocationFile a.crl`), 'default', /does not ask for it/],
  ['apache', apache('SSLProxyCARevocationCheck chain'), 'default', /nothing is verified, so nobody asks/],
  ['nginx', nginx('proxy_ssl_verify on;\nproxy_ssl_crl corp.crl;'), 'hard crl', /copy corp\.crl/],
  ['nginx', nginx('proxy_ssl_crl corp.crl;'), 'default', /nothing is verified, so nobody asks/],
  ['haproxy', haproxy('verify required verifyhost a.example crl-file corp.crl'), 'hard crl', /copy corp\.crl/],
  ['haproxy', haproxy('verify none crl-file corp.crl'), 'default', /nothing is verified, so nobody asks/],
  ['gnutls', ldap('TLS_CRLCHECK all'), 'hard crl', /lists come from the folder crls/],
  ['gnutls', ldap('TLS_CRLCHECK none'), 'default', /asks for nothing/],
  // GnuTLS lets a certificate pass that its lists do not speak of.
  ['gnutls', ldap('TLS_CRLFILE /etc/corp.crl'), 'default', /copy \/etc\/corp\.crl/],
  ['gnutls', 'URI ldaps://a.example\nTLS_REQCERT never\nTLS_CRLCHECK all\n', 'default', /nothing is verified/],
  ['java', 'com.sun.net.ssl.checkRevocation=true\nocsp.enable=true\n', 'hard stapled,ocsp', /soft would let through/],
  [
    'java',
    'com.sun.net.ssl.checkRevocation=true\ncom.sun.security.enableCRLDP=true\njdk.tls.client.enableStatusRequestExtension=false\n',
    'hard crl',
    /says where answers come from/,
  ],
  ['java', 'jsse.enableSNIExtension=true\nocsp.enable=true\n', 'default', /nobody asks/],
  ['java', 'com.sun.net.ssl.checkRevocation=false\n', 'default', /asks for nothing/],
]

describe('what other products say about revocation', () => {
  for (const [kind, text, becomes, says] of rows) {
    it(`${kind}: ${JSON.stringify(text.trim().split('\n').slice(-2).join(' '))} becomes ${becomes}`, async () => {
      const { policy, report } = await importText(kind, text)
      const { rules, unlisted } = parsePolicy(policy, { file: kind }).policy
      const { mode, sources } = (rules[0] ?? unlisted).revocation
      const said = `${mode} ${sources.join()}`
      assert.equal(said === 'soft stapled,crl' ? 'default' : said, becomes)
      assert.ok(
        report.some((each) => says.test(each.says)),
        JSON.stringify(report, null, 1),
      )
      assert.ok(report.every((each) => !/says nothing that/.test(each.says)))
    })
  }
})
