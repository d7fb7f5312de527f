/** Goal: signature algorithms come along from every product that names them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ImportKind } from '../../src/importer/kinds.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { importText } from './import-text.ts'

const rows: readonly (readonly [ImportKind, string])[] = [
  ['openssl', 'CipherString = HIGH\nSignatureAlgorithms = ECDSA+SHA256:RSA-PSS+SHA256:RSA+MD5\n'],
  ['java', 'jdk.tls.client.SignatureSchemes=ecdsa_secp256r1_sha256,rsa_pss_rsae_sha256,rsa_md5\n'],
  ['gnutls', 'NORMAL:-SIGN-ALL:+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-MD5\n'],
  [
    'stunnel',
    'client = yes\n[a]\nconnect = a.example:443\nconfig = SignatureAlgorithms:ECDSA+SHA256:RSA-PSS+SHA256:RSA+MD5\n',
  ],
  ['haproxy', 'backend b\nserver s a.example:443 ssl sigalgs ECDSA+SHA256:RSA-PSS+SHA256:RSA+MD5\n'],
  [
    'nginx',
    'location / {\nproxy_pass https://a.example;\nproxy_ssl_conf_command SignatureAlgorithms ECDSA+SHA256:RSA-PSS+SHA256:RSA+MD5;\n}\n',
  ],
]

describe('signature algorithms', () => {
  for (const [kind, text] of rows) {
    it(`are taken from ${kind}, and what is gone is told`, async () => {
      const { policy, report } = await importText(kind, text)
      const { rules, unlisted } = parsePolicy(policy, { file: kind }).policy
      const { signatureAlgorithms } = (rules[0] ?? unlisted).tls
      assert.deepEqual(signatureAlgorithms, ['ecdsa_secp256r1_sha256', 'rsa_pss_rsae_sha256'])
      const said = report.map(({ result, says }) => `${result}: ${says}`).join('\n')
      assert.match(said, /^taken: signature algorithms: ecdsa_secp256r1_sha256, rsa_pss_rsae_sha256$/m)
      assert.match(said, /^ignored: .*md5.*removed by platform: MD5 is broken$/im)
    })
  }
})
