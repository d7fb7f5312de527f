import type { Importer } from './importer.ts'

/** Every kind of document there is an import for, with the file it comes from; only the one asked for is loaded. */
export const kinds = {
  stunnel: {
    says: 'stunnel.conf, client services: rules, and services with --services',
    load: async () => (await import('./import-stunnel.ts')).importStunnel,
  },
  apache: {
    says: 'httpd.conf: SSLProxy*, SSLProtocol, SSLCipherSuite',
    load: async () => (await import('./import-apache.ts')).importApache,
  },
  postfix: {
    says: 'main.cf: smtp_tls_*, and the policy table',
    load: async () => (await import('./import-postfix.ts')).importPostfix,
  },
  gnutls: {
    says: 'a GnuTLS priority string, or TLS lines of OpenLDAP',
    load: async () => (await import('./import-gnutls.ts')).importGnutls,
  },
  courier: { says: 'TLS_* of Courier', load: async () => (await import('./import-courier.ts')).importCourier },
  openssl: {
    says: 'an OpenSSL cipher string, or openssl.cnf',
    load: async () => (await import('./import-openssl.ts')).importOpenssl,
  },
  java: {
    says: 'jdk.tls.* properties, or a list of suites',
    load: async () => (await import('./import-java.ts')).importJava,
  },
  nginx: { says: 'nginx.conf: proxy_ssl_*', load: async () => (await import('./import-nginx.ts')).importNginx },
  haproxy: { says: 'haproxy.cfg: server … ssl', load: async () => (await import('./import-haproxy.ts')).importHaproxy },
  mozilla: {
    says: "JSON of Mozilla's server-side TLS guideline",
    load: async () => (await import('./import-mozilla.ts')).importMozilla,
  },
  sentry: {
    says: 'fields of the outgoing SSL page of Sentry, YAML or key=value',
    load: async () => (await import('./import-sentry.ts')).importSentry,
  },
} as const satisfies Record<string, { says: string; load: () => Promise<Importer> }>

/** The name of a kind. */
export type ImportKind = keyof typeof kinds

/** The names of all kinds, for help texts and completions. */
export const kindNames = Object.keys(kinds) as readonly ImportKind[]
