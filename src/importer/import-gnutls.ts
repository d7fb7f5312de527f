/**
 * GnuTLS: a bare priority string, or the TLS lines of OpenLDAP, where such a string stands: ldap.conf of the client
 * (TLS_REQCERT, TLS_CACERT, URI), and TLSCipherSuite of the server, which is the list its operator knows.
 */
import { findSuite } from '../policy/catalogue/catalogue.ts'
import { type BackendWish, ruleFrom, specFrom, tellRuleOnly } from './backend-wish.ts'
import { fitTls } from './fit-tls.ts'
import { keywords } from './gnutls-keywords.ts'
import { expandPriorityString } from './gnutls-priority.ts'
import type { ImportContext, Importer } from './importer.ts'
import { matchBackend } from './name-backend.ts'
import { type Assignment, type Line, notReadable, readLines, unquote } from './read-lines.ts'
import { describeSuites, protocolRange, readCipherString } from './read-names.ts'
import { notAsked, type RevocationInput, takeListSwitch, tellOfLists, unasked } from './revocation-wish.ts'
import type { TlsWish } from './tls-wish.ts'
import { takeIdentity, takeTrustStore, unverified } from './verification.ts'

/** Imports a priority string or OpenLDAP's settings. */
export const importGnutls: Importer = (source, context) => {
  const settings = new Map<string, Assignment>()
  for (const line of readLines(source, { comment: /^#/ }, context.place)) {
    const setting = settingOf(line)
    const earlier = settings.get(setting.key)
    if (earlier !== undefined) context.tell(earlier.at, 'ignored', `overruled by line ${line.at.line}`)
    settings.set(setting.key, setting)
  }
  tellReasons(settings, context)
  const match = backendsOf(settings.get('uri'), context)
  const verified = verificationOf(settings, context)
  const scope = match.length > 0 ? 'rule' : 'policy'
  const tls = fitTls(tlsOf(settings, context), { scope, tell: context.tell })
  if (scope === 'policy') {
    for (const key of ['tls_cert', 'tls_key']) {
      const said = settings.get(key)
      if (said !== undefined) tellRuleOnly(said.at, context.tell)
    }
    return specFrom({ ...verified, tls })
  }
  const certificate = settings.get('tls_cert')
  const clientCertificate =
    certificate === undefined ? undefined : takeIdentity(certificate.value, certificate.at, context)
  return { rules: [ruleFrom(context.names.rule('ldap'), match, { ...verified, tls, clientCertificate })] }
}

/** `name value`, or `name: value` of LDIF; a line that is a priority string stands for itself. */
function settingOf(line: Line): Assignment {
  const [, key = '', value = ''] = /^([\w;-]+?):?\s+(.+)$/.exec(line.text) ?? []
  const first = line.text.split(/[:,]/)[0] ?? ''
  if (first.startsWith('@') || (Object.hasOwn(keywords, first.toUpperCase()) && !/\s/.test(line.text))) {
    return { ...line, key: priorityKey, value: line.text }
  }
  if (key === '' && !/^[\w;-]+:?$/.test(line.text)) {
    throw notReadable(line.at, 'expected a priority string (NORMAL:…), or a setting of OpenLDAP')
  }
  return { ...line, key: key.toLowerCase(), value: unquote(value) }
}

const priorityKey = 'priority'
/** In the order of who is nearest to what leaves. */
const listKeys = [priorityKey, 'tls_cipher_suite', 'olctlsciphersuite', 'tlsciphersuite']

function tlsOf(settings: ReadonlyMap<string, Assignment>, { tell }: ImportContext): TlsWish {
  const minimum =
    settings.get('tls_protocol_min') ?? settings.get('olctlsprotocolmin') ?? settings.get('tlsprotocolmin')
  const minor = /^3\.([1-4])$/.exec(minimum?.value ?? '')?.[1]
  const bounded =
    minor === undefined
      ? undefined
      : protocolRange((['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const)[Number(minor) - 1], undefined)
  const lists = listKeys.flatMap((key) => settings.get(key) ?? [])
  const [list, ...others] = lists
  for (const { at } of others) tell(at, 'ignored', `overruled by line ${list?.at.line}`)
  if (list === undefined)
    return bounded === undefined || minimum === undefined ? {} : { protocols: { value: bounded, at: minimum.at } }
  if (/^(olc)?tlsciphersuite$/.test(list.key)) {
    tell(
      list.at,
      'changed',
      'written for callers of OpenLDAP; taken for backends, since nothing else says which suites',
    )
  }
  const expansion = expandPriorityString(list.value)
  if ('unknown' in expansion) {
    if (list.key === priorityKey) throw notReadable(list.at, `GnuTLS knows no ${JSON.stringify(expansion.unknown)}`)
    tell(list.at, 'changed', `GnuTLS knows no ${expansion.unknown}: read as a cipher string of OpenSSL`)
    return readCipherString(list.value, list.at, tell)
  }
  const { at } = list
  const { protocols, suites, groups, signatureAlgorithms, remarks } = expansion
  for (const { result, says } of remarks) tell(at, result, says)
  tell(at, suites.length > 0 ? 'taken' : 'ignored', describeSuites(suites))
  if (minimum !== undefined && bounded !== undefined) tell(minimum.at, 'taken', `not under ${bounded[0]}`)
  const isTls13 = (name: string) => findSuite(name)?.protocols[0] === 'TLSv1.3'
  return {
    protocols: { value: protocols.filter((each) => bounded?.includes(each) ?? true), at },
    legacy: { value: suites.filter((name) => !isTls13(name)), at },
    tls13: { value: suites.filter(isTls13), at },
    groups: { value: groups, at },
    ...(signatureAlgorithms === undefined ? {} : { signatureAlgorithms: { value: signatureAlgorithms, at } }),
  }
}

function verificationOf(
  settings: ReadonlyMap<string, Assignment>,
  context: ImportContext,
): Pick<BackendWish, 'verify' | 'store' | 'revocation'> {
  const { tell } = context
  const demand = settings.get('tls_reqcert')
  const store = settings.get('tls_cacert') ?? settings.get('tls_cacertdir')
  const level = demand?.value.toLowerCase()
  if (demand !== undefined && (level === 'never' || level === 'allow')) {
    tell(demand.at, 'dangerous', unverified)
    if (store !== undefined) tell(store.at, 'ignored', 'nothing is verified with it')
    for (const key of ['tls_crlcheck', 'tls_crlfile']) {
      const said = settings.get(key)
      if (said !== undefined) tell(said.at, 'ignored', unasked)
    }
    return { verify: false }
  }
  if (demand !== undefined) tell(demand.at, 'taken', 'chain and name are verified')
  return {
    ...(demand === undefined ? {} : { verify: true }),
    ...(store === undefined ? {} : { store: takeTrustStore(store.value, store.at, context) }),
    revocation: revocationOf(settings, tell),
  }
}

/** OpenSSL asks by TLS_CRLCHECK and refuses what no list speaks of; GnuTLS asks TLS_CRLFILE and lets that pass. */
function revocationOf(
  settings: ReadonlyMap<string, Assignment>,
  tell: ImportContext['tell'],
): RevocationInput | undefined {
  const [check, lists] = [settings.get('tls_crlcheck'), settings.get('tls_crlfile')]
  if (lists !== undefined) tellOfLists(lists, tell)
  if (check !== undefined && /^(peer|all)$/i.test(check.value)) return takeListSwitch('hard', check, tell)
  if (check !== undefined) tell(check.at, 'ignored', notAsked)
  return lists === undefined ? undefined : takeListSwitch('soft', lists, tell)
}

function backendsOf(uri: Assignment | undefined, { tell }: ImportContext): string[] {
  if (uri === undefined) return []
  const found = uri.value.split(/[,\s]+/).flatMap((each) => {
    const [, scheme = '', host = '', port = ''] = /^(ldaps?):\/\/(\[[^\]]*\]|[^:/?]*)(?::(\d+))?/i.exec(each) ?? []
    if (host === '') return []
    if (scheme.toLowerCase() === 'ldap')
      tell(
        uri.at,
        'changed',
        'STARTTLS is asked for by a service (starttls: ldap), not by a rule: the rule holds either way',
      )
    return (
      matchBackend(host, port === '' ? (scheme.toLowerCase() === 'ldap' ? '389' : '636') : port, uri.at, tell) ?? []
    )
  })
  const match = [...new Set(found)]
  if (match.length > 0) tell(uri.at, 'taken', `the rule matches ${match.join(', ')}`)
  return match
}

function tellReasons(settings: ReadonlyMap<string, Assignment>, { tell }: ImportContext): void {
  for (const [key, { at }] of settings) {
    if (/^(olctls|tls)(certificate|cacertificate|verifyclient|dhparam|ecname|randfile|crl)/.test(key)) {
      tell(at, 'ignored', 'is for the callers of OpenLDAP, not for what leaves')
    } else if (key === 'tls_key') tell(at, 'changed', 'the key goes into the same folder under identities/')
  }
}
