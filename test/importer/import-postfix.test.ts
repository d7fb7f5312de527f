import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newestProfile, profiles } from '../../src/policy/catalogue/profiles.ts'
import { parsePolicy } from '../../src/policy/document/parse-policy.ts'
import { importText } from './import-text.ts'

async function offerOf(lines: string) {
  const { policy, report } = await importText('postfix', `smtp_tls_security_level = verify\n${lines}\n`)
  return { tls: parsePolicy(policy, { file: 'postfix' }).policy.unlisted.tls, report }
}

describe('main.cf', () => {
  it('without a list for its grade keeps the default set, less what it excludes', async () => {
    const { tls } = await offerOf(
      'smtp_tls_mandatory_ciphers = high\nsmtp_tls_mandatory_exclude_ciphers = aNULL, AES256',
    )
    const usual: readonly string[] = profiles[newestProfile].ciphers
    assert.ok(
      tls.ciphers.every((name) => usual.includes(name)),
      tls.ciphers.join(),
    )
    assert.ok(!tls.ciphers.some((name) => name.includes('_WITH_AES_256')))
    assert.ok(tls.ciphers.includes('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'))
  })

  const groups: readonly (readonly [string, string])[] = [
    ['X25519 prime256v1', '*X25519:P-256'],
    ['?X25519MLKEM768:DEFAULT', 'X25519MLKEM768:*X25519:P-256:P-384:P-521'],
    ['', 'X25519MLKEM768:*X25519:P-256:P-384:P-521'],
  ]
  for (const [value, expected] of groups) {
    it(`takes the groups of tls_eecdh_auto_curves = ${value}`, async () => {
      assert.equal((await offerOf(`tls_eecdh_auto_curves = ${value}`)).tls.groups, expected)
    })
  }

  it('says of each parameter that no policy holds why', async () => {
    const keys = 'smtp_tls_verify_cert_match smtp_tls_secure_cert_match smtp_tls_fingerprint_cert_match tls_config_file'
    const { report } = await offerOf(
      keys
        .split(' ')
        .map((key) => `${key} = x`)
        .join('\n'),
    )
    assert.ok(!report.some(({ says }) => says.startsWith('says nothing')), JSON.stringify(report))
  })
})
