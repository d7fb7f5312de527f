/** nginx: `proxy_ssl_*`, one rule for each block that passes to https; without such a block what is said holds for all. */
import { type BackendWish, ruleFrom, specFrom, tellRuleOnly } from './backend-wish.ts'
import { fitTls } from './fit-tls.ts'
import type { ImportContext, Importer } from './importer.ts'
import { certificateName, matchBackend, serverName } from './name-backend.ts'
import { type Block, type Directive, findDirective, readNginxBlocks } from './nginx-directives.ts'
import { readNamedProtocols } from './protocol-lists.ts'
import { readCipherString, readGroupNames, readSignatureNames, readTls13Suites } from './read-names.ts'
import { takeLists, unasked } from './revocation-wish.ts'
import type { TlsWish } from './tls-wish.ts'
import { takeIdentity, takeTrustStore, unverified } from './verification.ts'

/** Imports nginx's configuration. */
export const importNginx: Importer = (source, context) => {
  const blocks = readNginxBlocks(source, context)
  tellReasons(blocks, context)
  const rules = blocks.flatMap((block) => {
    const pass = block.own.find(({ name, values }) => name === 'proxy_pass' && isTls(block, values[0] ?? ''))
    const match = pass === undefined ? [] : backendsOf(pass, blocks, context)
    if (pass === undefined || match.length === 0) return []
    return [ruleFrom(context.names.rule(match[0]?.split(':')[0] ?? ''), match, wishOf(block, pass, 'rule', context))]
  })
  if (rules.length > 0) return { rules }
  const speaker = blocks.find(({ own }) => own.some(({ name }) => name.startsWith('proxy_ssl_')))
  const all: Block = { name: '', values: [], own: blocks.flatMap(({ own }) => own), outer: undefined }
  const first = speaker?.own.find(({ name }) => name.startsWith('proxy_ssl_'))
  return first === undefined ? {} : specFrom(wishOf(all, first, 'policy', context))
}

/** In `stream` blocks a pass has no scheme: proxy_ssl on says TLS. */
function isTls(block: Block, target: string): boolean {
  if (/^https:\/\//i.test(target)) return true
  return !/^\w+:\/\//.test(target) && findDirective(block, 'proxy_ssl')?.values[0] === 'on'
}

function backendsOf({ values, at }: Directive, blocks: readonly Block[], { tell }: ImportContext): readonly string[] {
  const target = (values[0] ?? '').replace(/^https:\/\//i, '')
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:/?]*)(?::(\d+))?/.exec(target) ?? []
  if (target.includes('$') || host === '') {
    tell(at, 'ignored', 'the backend is known at run time only: write a rule for each by hand')
    return []
  }
  const upstream = blocks.find((block) => block.name === 'upstream' && block.values[0] === host)
  const servers = upstream?.own.filter(({ name }) => name === 'server') ?? []
  const named = upstream === undefined ? [{ host, port, at }] : servers.map((server) => addressOf(server))
  const match = named.flatMap(
    (each) => matchBackend(each.host, each.port === '' ? '443' : each.port, each.at, tell) ?? [],
  )
  for (const server of servers) tell(server.at, 'taken', 'a backend of the rule')
  if (match.length > 0) tell(at, 'taken', `the rule matches ${[...new Set(match)].join(', ')}`)
  return [...new Set(match)]
}

function addressOf({ values, at }: Directive) {
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?/.exec(values[0] ?? '') ?? []
  // A server of an upstream without a port is on 80, whatever the scheme of the pass.
  return { host, port: port === '' ? '80' : port, at }
}

function wishOf(block: Block, speaker: Directive, scope: 'policy' | 'rule', context: ImportContext): BackendWish {
  const { tell } = context
  const find = (name: string) => findDirective(block, `proxy_ssl_${name}`)
  const [verify, store, name, sends] = [find('verify'), find('trusted_certificate'), find('name'), find('server_name')]
  const isVerified = verify?.values[0] === 'on'
  if (isVerified && verify !== undefined) tell(verify.at, 'taken', 'chain and name are verified')
  else tell((verify ?? speaker).at, 'dangerous', unverified)
  if (!isVerified && store !== undefined) tell(store.at, 'ignored', 'nothing is verified with it')
  if (sends !== undefined)
    tell(sends.at, 'taken', sends.values[0] === 'on' ? 'the server name is sent' : 'no server name is sent')
  const lists = find('crl')
  if (lists !== undefined && !isVerified) tell(lists.at, 'ignored', unasked)
  const certificate = find('certificate')
  const key = find('certificate_key')
  if (key !== undefined) tell(key.at, 'changed', 'the key goes into the same folder under identities/')
  if (scope === 'policy') for (const each of [certificate, name]) if (each !== undefined) tellRuleOnly(each.at, tell)
  const path = certificate?.values[0]
  return {
    verify: isVerified,
    store: isVerified && store !== undefined ? takeTrustStore(store.values[0] ?? '', store.at, context) : undefined,
    ...(scope === 'rule'
      ? namesOf(name, sends, context)
      : { sni: sends === undefined ? undefined : sends.values[0] === 'on' }),
    clientCertificate:
      scope === 'rule' && certificate !== undefined && path !== undefined
        ? takeIdentity(path, certificate.at, context)
        : undefined,
    tls: fitTls(tlsOf(find, block, context), { scope, tell }),
    revocation:
      isVerified && lists !== undefined ? takeLists({ value: lists.values[0] ?? '', at: lists.at }, tell) : undefined,
  }
}

function namesOf(name: Directive | undefined, sends: Directive | undefined, { tell }: ImportContext) {
  const said = name?.values[0] ?? ''
  const host = certificateName(said)
  if (name !== undefined) {
    const says =
      host === undefined
        ? 'the name asked for is verified: this one is no name, or known at run time only'
        : `the name ${host} is verified`
    tell(name.at, host === undefined ? 'changed' : 'taken', says)
  }
  const isSent = sends?.values[0] === 'on'
  return {
    verifyName: host,
    sni: sends === undefined ? undefined : isSent ? (serverName(said) ?? true) : false,
  }
}

function tlsOf(find: (name: string) => Directive | undefined, block: Block, { tell }: ImportContext): TlsWish {
  const [protocols, ciphers, command] = [find('protocols'), find('ciphers'), find('conf_command')]
  const isSuites = command?.values[0]?.toLowerCase() === 'ciphersuites'
  const isSignatures = command?.values[0]?.toLowerCase() === 'signaturealgorithms'
  const isGroups = /^(groups|curves)$/i.test(command?.values[0] ?? '')
  if (command !== undefined && !isSuites && !isGroups && !isSignatures)
    tell(command.at, 'ignored', 'this command of OpenSSL has no counterpart in a policy')
  const groups = findDirective(block, 'proxy_ssl_ecdh_curve')
  return {
    ...(protocols === undefined ? {} : readNamedProtocols(protocols.values.join(' '), protocols.at, tell)),
    ...(ciphers === undefined ? {} : readCipherString(ciphers.values.join(' '), ciphers.at, tell)),
    ...(command !== undefined && isSuites ? readTls13Suites(command.values[1] ?? '', command.at, tell) : {}),
    ...(command !== undefined && isGroups ? readGroupNames(command.values[1] ?? '', command.at, tell) : {}),
    ...(command !== undefined && isSignatures ? readSignatureNames(command.values[1] ?? '', command.at, tell) : {}),
    ...(groups === undefined ? {} : readGroupNames(groups.values.join(':'), groups.at, tell)),
  }
}

const reasons: Readonly<Record<string, string>> = {
  proxy_ssl_verify_depth: 'the length of a chain is not limited here',
  ...{ proxy_ssl_session_reuse: 'sessions are resumed under the verdict they were made with, without a switch' },
  ...{
    proxy_ssl_password_file: 'keys under identities/ stand without a password',
    proxy_ssl_key_log: 'keys are not logged',
  },
}

function tellReasons(blocks: readonly Block[], { tell }: ImportContext): void {
  for (const { name, at } of blocks.flatMap(({ own }) => own)) {
    const reason = Object.hasOwn(reasons, name) ? reasons[name] : undefined
    if (reason !== undefined) tell(at, 'ignored', reason)
    else if (name.startsWith('ssl_')) tell(at, 'ignored', 'is for the callers of nginx, not for what leaves')
  }
}
