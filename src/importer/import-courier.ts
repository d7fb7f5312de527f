/** Courier: `TLS_*` of its shell files. One list serves what Courier accepts and what it sends. */
import { specFrom, tellRuleOnly } from './backend-wish.ts'
import { fitTls } from './fit-tls.ts'
import type { ImportContext, Importer } from './importer.ts'
import { readNamedProtocols } from './protocol-lists.ts'
import { type Assignment, notReadable, readLines, splitAssignment, unquote } from './read-lines.ts'
import { readCipherString } from './read-names.ts'
import type { TlsWish } from './tls-wish.ts'
import { namelessChain, takeTrustStore, unverified } from './verification.ts'

/** Imports a configuration file of Courier. */
export const importCourier: Importer = (source, context) => {
  const settings = new Map<string, Assignment>()
  for (const line of readLines(source, { comment: /^#/, continues: 'backslash' }, context.place)) {
    const assignment = splitAssignment(line)
    if (assignment === undefined || !/^(export\s+)?\w+$/.test(assignment.key))
      throw notReadable(line.at, 'expected NAME=value')
    const key = assignment.key.replace(/^export\s+/, '')
    const earlier = settings.get(key)
    if (earlier !== undefined) context.tell(earlier.at, 'ignored', `overruled by line ${line.at.line}`)
    settings.set(key, { ...assignment, key, value: unquote(assignment.value).trim() })
  }
  for (const [key, { at }] of settings) tellReason(key, at, context)
  return specFrom({
    ...verificationOf(settings, context),
    tls: fitTls(tlsOf(settings, context), { scope: 'policy', tell: context.tell }),
  })
}

type Settings = ReadonlyMap<string, Assignment>

function tlsOf(settings: Settings, { tell }: ImportContext): TlsWish {
  const [direct, startTls] = [settings.get('TLS_PROTOCOL'), settings.get('TLS_STARTTLS_PROTOCOL')]
  const protocols = direct ?? startTls
  if (direct !== undefined && startTls !== undefined)
    tell(startTls.at, 'ignored', `TLS_PROTOCOL of line ${direct.at.line} is taken`)
  const list = settings.get('TLS_CIPHER_LIST')
  for (const each of [protocols, list]) {
    if (each !== undefined) tell(each.at, 'changed', 'said for what Courier accepts as well; taken for backends')
  }
  return {
    ...(protocols === undefined ? {} : readNamedProtocols(protocols.value, protocols.at, tell)),
    ...(list === undefined ? {} : readCipherString(list.value, list.at, tell)),
  }
}

function verificationOf(settings: Settings, context: ImportContext): { verify?: boolean; store?: string } {
  const { tell } = context
  const [peer, domain, store] = [
    settings.get('TLS_VERIFYPEER'),
    settings.get('ESMTP_TLS_VERIFY_DOMAIN'),
    settings.get('TLS_TRUSTCERTS'),
  ]
  const checksName = domain !== undefined && /^(1|yes)$/i.test(domain.value)
  if (domain !== undefined)
    tell(domain.at, 'taken', checksName ? 'chain and name are verified' : 'the name is not verified by it')
  if (peer !== undefined && !checksName) {
    if (/^none$/i.test(peer.value)) {
      tell(peer.at, 'dangerous', unverified)
      if (store !== undefined) tell(store.at, 'ignored', 'nothing is verified with it')
      return { verify: false }
    }
    tell(peer.at, 'dangerous', namelessChain)
  } else if (peer !== undefined) tell(peer.at, 'taken', 'the chain is verified')
  return {
    ...(peer === undefined && !checksName ? {} : { verify: true }),
    ...(store === undefined ? {} : { store: takeTrustStore(store.value, store.at, context) }),
  }
}

function tellReason(key: string, at: Assignment['at'], { tell }: ImportContext): void {
  if (/^(IMAP|POP3|ESMTPAUTH|MAILDIR|SSL|PID|LOGGER|TCPD|AUTH)/.test(key)) {
    tell(at, 'ignored', 'is for the callers of Courier, not for what leaves')
  } else if (key === 'TLS_CERTFILE' || key === 'TLS_PRIVATE_KEYFILE') tellRuleOnly(at, tell)
  else if (/^TLS_(CACHE|DH|COMPRESSION|OCSP)/.test(key)) tell(at, 'ignored', 'has no counterpart in a policy')
  else if (key === 'TLS_PRIORITY') tell(at, 'ignored', 'import the string with the kind gnutls')
}
