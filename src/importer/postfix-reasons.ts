/** Says why a parameter of main.cf is never part of a policy; undefined for one that may be, or is not known. */
export function postfixReason(key: string): string | undefined {
  if (key.startsWith('smtpd_') || key.startsWith('tlsproxy_') || key.startsWith('postscreen_')) return callers
  if (key.startsWith('lmtp_tls_')) return 'is for LMTP; import it under the names of smtp_tls_ if it is meant'
  return Object.hasOwn(reasons, key) ? reasons[key] : undefined
}

const callers = 'is for the callers of Postfix, not for what leaves'
const logs = 'logs are said in the settings'
const sessions = 'sessions are resumed under the verdict they were made with, without a switch'
const system = 'the default trust store is said in strictTls.defaultTrustStore'
const obsolete = 'smtp_tls_security_level says it since Postfix 2.3'

const oneName = 'the name asked for is verified; a rule names another one with verifyName'

const reasons: Readonly<Record<string, string>> = {
  ...{ smtp_tls_loglevel: logs, smtp_tls_note_starttls_offer: logs, smtp_tls_loglevel_maps: logs },
  ...{ smtp_tls_session_cache_database: sessions, smtp_tls_session_cache_timeout: sessions },
  ...{ tls_append_default_CA: system, smtp_use_tls: obsolete, smtp_enforce_tls: obsolete, smtp_tls_per_site: obsolete },
  ...{ smtp_tls_fingerprint_digest: 'pins are SHA-256 of public keys', tls_random_source: 'the runtime chooses it' },
  ...{ smtp_tls_scert_verifydepth: 'the length of a chain is not limited here' },
  ...{ tls_preempt_cipherlist: callers, smtp_tls_servername: 'SNI is sent by itself' },
  ...{ smtp_tls_verify_cert_match: oneName, smtp_tls_secure_cert_match: oneName },
  ...{ smtp_tls_fingerprint_cert_match: 'fingerprints belong to one backend: import its line of the policy table' },
  ...{ smtp_tls_trust_anchor_file: 'belongs to one backend: import its line of the policy table (tafile)' },
  ...{ tls_config_file: 'openssl.cnf changes nothing here', tls_config_name: 'openssl.cnf changes nothing here' },
  ...{
    tls_ssl_options: 'options of OpenSSL are not imported',
    smtp_dns_support_level: 'names are resolved without DNSSEC',
  },
  ...{ smtp_tls_wrappermode: 'TLS from the first byte is how every backend is dialled' },
}
