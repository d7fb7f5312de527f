/**
 * Apache httpd: SSLProxy* is what leaves. Where ProxyPass or BalancerMember names https backends, each scope gives them
 * a rule; else what the file says holds for all. SSLProtocol and SSLCipherSuite are written for callers of Apache, and
 * taken only where no SSLProxy line speaks: it is the list its operator knows.
 */
import { apacheReason } from './apache-reasons.ts'
import { type ApacheScope, readApacheScopes } from './apache-scopes.ts'
import { type BackendWish, ruleFrom, specFrom, tellRuleOnly } from './backend-wish.ts'
import { fitTls } from './fit-tls.ts'
import type { ImportContext, Importer } from './importer.ts'
import { matchBackend } from './name-backend.ts'
import { readEditedProtocols } from './protocol-lists.ts'
import { type Assignment, unquote } from './read-lines.ts'
import { readCipherString, readTls13Suites } from './read-names.ts'
import { notAsked, type RevocationInput, takeListSwitch, tellOfLists, unasked } from './revocation-wish.ts'
import type { TlsWish } from './tls-wish.ts'
import { namelessChain, takeIdentity, takeTrustStore, unverified } from './verification.ts'

/** Imports Apache's configuration. */
export const importApache: Importer = (source, context) => {
  const scopes = readApacheScopes(source, context)
  const rules = scopes.flatMap((scope) => {
    const match = backendsOf(scope, context)
    const name = match[0]?.split(':')[0] ?? ''
    return match.length === 0
      ? []
      : [ruleFrom(context.names.rule(name), match, wishOf(scope.directives, 'rule', context))]
  })
  for (const { own } of scopes) tellReasons(own, context)
  if (rules.length > 0) return { rules }
  return specFrom(wishOf(merged(scopes), 'policy', context))
}

type Directives = ApacheScope['directives']

function backendsOf({ own }: ApacheScope, { tell }: ImportContext): string[] {
  const found = own.flatMap(({ key, value, at }) => {
    if (!/^(proxypass|proxypassmatch|balancermember|proxy)$/i.test(key)) return []
    const url = value
      .split(/\s+/)
      .map(unquote)
      .find((word) => /^(https|wss|h2):\/\//i.test(word))
    const [, host = '', port = ''] = /^\w+:\/\/(\[[^\]]*\]|[^/:?#]*)(?::(\d+))?/.exec(url ?? '') ?? []
    if (url === undefined || host === '') return []
    const match = matchBackend(host, port === '' ? '443' : port, at, tell)
    if (match !== undefined) tell(at, 'taken', `the rule matches ${match}`)
    return match ?? []
  })
  return [...new Set(found)]
}

/** Without backends all sections speak for one policy; where they differ, the last one holds and the others are told. */
function merged(scopes: readonly ApacheScope[]): Directives {
  const all = new Map<string, Assignment[]>()
  for (const { own } of scopes) {
    for (const each of own) {
      const key = each.key.toLowerCase()
      all.set(key, [...(all.get(key) ?? []), each])
    }
  }
  return all
}

function wishOf(directives: Directives, scope: 'policy' | 'rule', context: ImportContext): BackendWish {
  const speaksOfProxy = [...directives.keys()].some((key) => key.startsWith('sslproxy'))
  const verified = speaksOfProxy || scope === 'rule' ? verificationOf(directives, context) : {}
  const tls = fitTls(tlsWishOf(directives, context), { scope, tell: context.tell })
  const certificate =
    last(directives, 'sslproxymachinecertificatefile') ?? last(directives, 'sslproxymachinecertificatepath')
  if (certificate === undefined) return { ...verified, tls }
  if (scope === 'policy') {
    tellRuleOnly(certificate.at, context.tell)
    return { ...verified, tls }
  }
  return { ...verified, tls, clientCertificate: takeIdentity(certificate.value, certificate.at, context) }
}

function tlsWishOf(directives: Directives, context: ImportContext): TlsWish {
  const { tell } = context
  const protocols = chosen(directives, 'protocol', () => true, context)
  const ciphers = chosen(directives, 'ciphersuite', ({ value }) => !/^TLSv1\.3\s/i.test(value), context)
  const tls13 = chosen(directives, 'ciphersuite', ({ value }) => /^TLSv1\.3\s/i.test(value), context)
  return {
    ...(protocols === undefined ? {} : readEditedProtocols(protocols.value, protocols.at, tell)),
    ...(ciphers === undefined
      ? {}
      : readCipherString(unquote(ciphers.value.replace(/^SSL\s+/i, '')), ciphers.at, tell)),
    ...(tls13 === undefined ? {} : readTls13Suites(unquote(tls13.value.replace(/^\S+\s+/, '')), tls13.at, tell)),
  }
}

/** The SSLProxy line of a pair, or the line for callers where there is none. */
function chosen(
  directives: Directives,
  what: string,
  fits: (each: Assignment) => boolean,
  { tell }: ImportContext,
): Assignment | undefined {
  const proxy = (directives.get(`sslproxy${what}`) ?? []).filter(fits)
  const callers = (directives.get(`ssl${what}`) ?? []).filter(fits)
  const taken = proxy.at(-1) ?? callers.at(-1)
  for (const each of [...proxy, ...callers]) {
    if (each === taken) continue
    tell(
      each.at,
      'ignored',
      `overruled by line ${taken?.at.line}, which ${proxy.length > 0 ? 'speaks of backends' : 'comes later'}`,
    )
  }
  if (taken !== undefined && proxy.length === 0) {
    tell(
      taken.at,
      'changed',
      `written for callers of Apache; taken for backends, since no SSLProxy line says otherwise`,
    )
  }
  return taken
}

function verificationOf(directives: Directives, context: ImportContext): BackendWish {
  const { tell } = context
  const verify = last(directives, 'sslproxyverify')
  const store = last(directives, 'sslproxycacertificatefile') ?? last(directives, 'sslproxycacertificatepath')
  const speaker =
    verify ??
    last(directives, 'sslproxyengine') ??
    [...directives.values()].flat().find(({ key }) => /^(sslproxy|proxypass|balancer|proxy$)/i.test(key))
  if (verify?.value.toLowerCase() !== 'require') {
    if (speaker !== undefined) tell(speaker.at, 'dangerous', unverified)
    if (store !== undefined) tell(store.at, 'ignored', 'nothing is verified with it')
    for (const { at } of [...listsOf(directives), ...(directives.get(checkKey) ?? [])]) tell(at, 'ignored', unasked)
    return { verify: false }
  }
  tell(verify.at, 'taken', 'the chain is verified')
  const [newer, older] = [last(directives, 'sslproxycheckpeername'), last(directives, 'sslproxycheckpeercn')]
  if (newer !== undefined && older !== undefined) tell(older.at, 'ignored', 'SSLProxyCheckPeerName overrules it')
  const name = newer ?? older
  if (name !== undefined) {
    const isOff = name.value.toLowerCase() === 'off'
    tell(name.at, isOff ? 'dangerous' : 'taken', isOff ? namelessChain : 'the name asked for is verified')
  }
  const expire = last(directives, 'sslproxycheckpeerexpire')
  if (expire?.value.toLowerCase() === 'off') {
    tell(expire.at, 'dangerous', 'expired certificates passed; here each such backend needs an exception with an end')
  } else if (expire !== undefined) tell(expire.at, 'taken', 'expired certificates are refused')
  return {
    verify: true,
    store: store === undefined ? undefined : takeTrustStore(store.value, store.at, context),
    revocation: revocationOf(directives, context),
  }
}

/** Lists are read when SSLProxyCARevocationCheck says so; it says none where nobody set it. */
function revocationOf(directives: Directives, { tell }: ImportContext): RevocationInput | undefined {
  const check = last(directives, checkKey)
  const lists = listsOf(directives)
  const [reach = 'none', leniency = ''] = (check?.value ?? '').toLowerCase().split(/\s+/)
  if (check === undefined || !/^(leaf|chain)$/.test(reach)) {
    if (check !== undefined) tell(check.at, 'ignored', notAsked)
    for (const { at } of lists) tell(at, 'ignored', 'SSLProxyCARevocationCheck does not ask for it')
    return undefined
  }
  const mode = leniency === 'no_crl_for_cert_ok' ? 'soft' : 'hard'
  const switched = takeListSwitch(mode, check, tell)
  if (reach === 'leaf') tell(check.at, 'changed', 'every certificate of a chain but its anchor is asked about')
  for (const each of lists) tellOfLists(each, tell)
  return switched
}

const checkKey = 'sslproxycarevocationcheck'

function listsOf(directives: Directives): Assignment[] {
  return ['sslproxycarevocationfile', 'sslproxycarevocationpath'].flatMap((key) => last(directives, key) ?? [])
}

function tellReasons(own: readonly Assignment[], { tell }: ImportContext): void {
  for (const { key, value, at } of own) {
    const reason = apacheReason(key, value)
    if (reason !== undefined) tell(at, reason.result, reason.says)
  }
}

function last(directives: Directives, key: string): Assignment | undefined {
  return directives.get(key)?.at(-1)
}
