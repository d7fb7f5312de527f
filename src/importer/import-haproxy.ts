/** HAProxy: one rule for each `server … ssl` line, over what default-server and global say. */

import type { Protocol } from '../policy/policy.ts'
import { type BackendWish, ruleFrom } from './backend-wish.ts'
import { fitTls } from './fit-tls.ts'
import { haproxyArguments, type ServerOption } from './haproxy-arguments.ts'
import type { ImportContext, Importer, RuleInput } from './importer.ts'
import { certificateName, matchBackend, serverName } from './name-backend.ts'
import { type Line, readLines } from './read-lines.ts'
import {
  allProtocols,
  protocolRange,
  readCipherString,
  readGroupNames,
  readProtocolName,
  readSignatureNames,
  readTls13Suites,
} from './read-names.ts'
import { takeLists, unasked } from './revocation-wish.ts'
import type { TlsWish } from './tls-wish.ts'
import { namelessChain, takeIdentity, takeTrustStore, unverified } from './verification.ts'

type Options = ReadonlyMap<string, ServerOption>

/** Imports HAProxy's configuration. */
export const importHaproxy: Importer = (source, context) => {
  const { tell } = context
  const global = new Map<string, ServerOption>()
  const rules: RuleInput[] = []
  let section = { kind: '', name: '', defaults: new Map<string, ServerOption>() as Options }
  let common: Options = new Map()
  for (const line of readLines(source, { comment: /^#/ }, context.place)) {
    const [word = '', ...rest] = line.text.split(/\s+/)
    if (/^(global|defaults|frontend|backend|listen|userlist|peers|resolvers|cache|program|mailers|ring)$/.test(word)) {
      if (section.kind === 'defaults') common = section.defaults
      section = { kind: word, name: rest[0] ?? '', defaults: word === 'global' ? new Map() : common }
      if (/^(backend|listen|global|defaults)$/.test(word)) tell(line.at, 'taken', 'a section')
    } else if (section.kind === 'global') readGlobal(word, rest, line, global, context)
    else if (word === 'default-server')
      section.defaults = new Map([...section.defaults, ...haproxyArguments(rest, line, tell)])
    else if (word === 'server') {
      const options = new Map([...global, ...section.defaults, ...haproxyArguments(rest.slice(2), line, tell)])
      rules.push(...ruleOf({ line, section: section.name, server: rest }, options, context))
    } else if (word === 'bind') tell(line.at, 'ignored', 'is for the callers of HAProxy, not for what leaves')
  }
  return { rules }
}

const globalOptions: Readonly<Record<string, string>> = {
  ...{ 'ssl-default-server-ciphers': 'ciphers', 'ssl-default-server-ciphersuites': 'ciphersuites' },
  ...{ 'ssl-default-server-curves': 'curves', 'ssl-default-server-sigalgs': 'sigalgs', 'ssl-server-verify': 'verify' },
}

function readGlobal(
  word: string,
  rest: readonly string[],
  line: Line,
  global: Map<string, ServerOption>,
  { tell }: ImportContext,
): void {
  const option = globalOptions[word]
  if (option !== undefined) global.set(option, { value: rest.join(' '), at: line.at })
  else if (word === 'ssl-default-server-options') {
    for (const [key, each] of haproxyArguments(rest, line, tell)) global.set(key, each)
  } else if (word.startsWith('ssl-default-bind'))
    tell(line.at, 'ignored', 'is for the callers of HAProxy, not for what leaves')
  else if (word === 'ca-base' || word === 'crt-base')
    tell(line.at, 'changed', 'names of files are taken as they stand: look for them there')
}

function ruleOf(
  { line, section, server }: { line: Line; section: string; server: readonly string[] },
  options: Options,
  context: ImportContext,
): RuleInput[] {
  const [name = '', address = ''] = server
  if (!options.has('ssl')) {
    context.tell(line.at, 'ignored', 'the server is dialled without TLS: a rule for it would be plaintext: true')
    return []
  }
  const [, host = '', port = ''] =
    /^(?:ipv[46]@)?(\[[^\]]*\]|[^:]*|[\da-f:]+(?=:\d+$))(?::(\d+))?$/i.exec(address) ?? []
  const match = host === '' ? undefined : matchBackend(host, port === '' ? '443' : port, line.at, context.tell)
  if (match === undefined) {
    context.tell(line.at, 'ignored', `${address} is no host that a rule could match`)
    return []
  }
  context.tell(line.at, 'taken', `the rule matches ${match}`)
  return [ruleFrom(context.names.rule(`${section}-${name}`), [match], wishOf(options, line, context))]
}

function wishOf(options: Options, line: Line, context: ImportContext): BackendWish {
  const { tell } = context
  const [verify, store, certificate] = [options.get('verify'), options.get('ca-file'), options.get('crt')]
  const isOff = verify?.value === 'none'
  if (isOff) tell(verify.at, 'dangerous', unverified)
  const tls = fitTls(tlsOf(options, context), { scope: 'rule', tell })
  const names = namesOf(options, context)
  if (!isOff && names.verifyName === undefined && names.sni === undefined) tell(line.at, 'dangerous', namelessChain)
  const crl = options.get('crl-file')
  if (crl !== undefined && isOff) tell(crl.at, 'ignored', unasked)
  return {
    verify: !isOff,
    store: isOff || store === undefined ? undefined : takeTrustStore(store.value, store.at, context),
    ...names,
    clientCertificate: certificate === undefined ? undefined : takeIdentity(certificate.value, certificate.at, context),
    tls,
    revocation: isOff || crl === undefined ? undefined : takeLists(crl, tell),
  }
}

/** `sni str(name)` sends that name; any other expression is about the request, whose host is what we send. */
function namesOf(
  options: Options,
  { tell }: ImportContext,
): { verifyName?: string | undefined; sni?: boolean | string | undefined } {
  const [sni, verifyHost] = [options.get('sni'), options.get('verifyhost')]
  const fixed = /^str\((.*)\)$/.exec(sni?.value ?? '')?.[1]
  const sent = sni === undefined ? undefined : (serverName(fixed ?? '') ?? true)
  const verified = certificateName(verifyHost?.value ?? '')
  if (sni !== undefined && sent === true) {
    tell(sni.at, 'changed', `sni ${sni.value} is not one name: the name asked for is sent`)
  }
  if (verifyHost !== undefined && verified === undefined) {
    tell(verifyHost.at, 'ignored', `verifyhost ${verifyHost.value} is no name to verify: the name asked for is`)
  }
  return { sni: sent, verifyName: verified ?? (typeof sent === 'string' ? sent : undefined) }
}

function tlsOf(options: Options, { tell }: ImportContext): TlsWish {
  const [ciphers, tls13, curves] = [options.get('ciphers'), options.get('ciphersuites'), options.get('curves')]
  const signatures = options.get('sigalgs')
  const level = options.get('ssl-security-level')
  const protocols = protocolsOf(options, tell)
  return {
    ...(ciphers === undefined ? {} : readCipherString(ciphers.value, ciphers.at, tell)),
    ...(tls13 === undefined ? {} : readTls13Suites(tls13.value, tls13.at, tell)),
    ...(curves === undefined ? {} : readGroupNames(curves.value, curves.at, tell)),
    ...(signatures === undefined ? {} : readSignatureNames(signatures.value, signatures.at, tell)),
    ...(level === undefined || !/^[0-5]$/.test(level.value)
      ? {}
      : { securityLevel: { value: Number(level.value), at: level.at } }),
    ...(protocols === undefined ? {} : { protocols }),
  }
}

function protocolsOf(options: Options, tell: ImportContext['tell']): TlsWish['protocols'] {
  const [min, max] = [options.get('ssl-min-ver'), options.get('ssl-max-ver')]
  const end = (each: ServerOption | undefined) =>
    each === undefined ? undefined : readProtocolName(each.value, each.at, tell)
  const named = [...options].filter(([key]) => /^(no|force)-tlsv1[0123]$/.test(key))
  const protocolOf = (key: string): Protocol | undefined => allProtocols[Number(key.at(-1))]
  const forced = named.find(([key]) => key.startsWith('force-'))
  const at = (min ?? max ?? named[0]?.[1])?.at
  if (at === undefined) return undefined
  const gone = named.filter(([key]) => key.startsWith('no-')).map(([key]) => protocolOf(key))
  const only = forced === undefined ? undefined : protocolOf(forced[0])
  const range = only === undefined ? protocolRange(end(min), end(max)) : [only]
  return { value: range.filter((each) => !gone.includes(each)), at }
}
