/**
 * Java: system properties as in a properties file, java.security or on a command line (-D…), or a bare list of suites.
 * Java has one list for all protocols, so a list without suites of TLS 1.3 means that TLS 1.3 is not spoken.
 */
import { findSuite } from '../policy/catalogue/catalogue.ts'
import { newestProfile, profiles } from '../policy/catalogue/profiles.ts'
import { retiredProtocol } from '../policy/catalogue/retired.ts'
import { specFrom, tellRuleOnly } from './backend-wish.ts'
import { fitTls } from './fit-tls.ts'
import type { ImportContext, Importer, SourceText } from './importer.ts'
import { javaReason } from './java-reasons.ts'
import { javaRevocation } from './java-revocation.ts'
import { readNamedProtocols } from './protocol-lists.ts'
import { type Assignment, type Line, notReadable, readLines, splitAssignment, unquote } from './read-lines.ts'
import { allProtocols, describeSuites, readGroupNames, readSignatureNames, readSuiteNames } from './read-names.ts'
import type { Said, TlsWish } from './tls-wish.ts'
import { takeTrustStore } from './verification.ts'

/** Imports properties or a list of suites. */
export const importJava: Importer = (source, context) => {
  const properties = readProperties(source, context)
  for (const [key, { value, at }] of properties) {
    const reason = javaReason(key, value)
    if (reason !== undefined) context.tell(at, reason.result, reason.says)
    if (key.startsWith('javax.net.ssl.keyStore')) tellRuleOnly(at, context.tell)
  }
  const store = properties.get('javax.net.ssl.trustStore')
  const sni = properties.get('jsse.enableSNIExtension')
  if (sni !== undefined)
    context.tell(sni.at, 'taken', sni.value === 'false' ? 'no server name is sent' : 'the server name is sent')
  return specFrom({
    store: store === undefined ? undefined : takeTrustStore(store.value, store.at, context),
    sni: sni === undefined ? undefined : sni.value !== 'false',
    tls: fitTls(wishOf(properties, context), { scope: 'policy', tell: context.tell }),
    revocation: javaRevocation(properties, context.tell),
  })
}

type Properties = ReadonlyMap<string, Assignment>

function readProperties(source: SourceText, { place, tell }: ImportContext): Properties {
  const properties = new Map<string, Assignment>()
  const set = (property: Assignment) => {
    const earlier = properties.get(property.key)
    if (earlier !== undefined && property.key !== bareList)
      tell(earlier.at, 'ignored', `overruled by line ${property.at.line}`)
    const before = property.key === bareList ? `${earlier?.value ?? ''} ` : ''
    properties.set(property.key, { ...property, value: before + property.value })
  }
  for (const line of readLines(source, { comment: /^[#!]/, continues: 'backslash' }, place)) {
    for (const property of propertiesOf(line)) set(property)
    const list = properties.get(bareList)
    if (list?.at === line.at) tell(line.at, 'taken', 'suites of the list')
  }
  return properties
}

const bareList = ''

function propertiesOf(line: Line): Assignment[] {
  const flags = [...line.text.matchAll(/(?:^|\s)-D([\w.]+)(?:=("[^"]*"|'[^']*'|\S*))?/g)]
  if (flags.length > 0) return flags.map(([, key = '', value = '']) => ({ ...line, key, value: unquote(value) }))
  const assignment = splitAssignment(line, /[=:]/)
  if (assignment !== undefined && /^[\w.]+$/.test(assignment.key))
    return [{ ...assignment, value: unquote(assignment.value) }]
  if (/^[\w\s,"'[\]-]+$/.test(line.text)) return [{ ...line, key: bareList, value: line.text }]
  throw notReadable(line.at, 'expected name=value, -Dname=value or names of suites')
}

function wishOf(properties: Properties, { tell }: ImportContext): TlsWish {
  const said = (...keys: readonly string[]): Assignment | undefined => {
    const [first, ...others] = keys.flatMap((key) => properties.get(key) ?? [])
    for (const { at } of others) tell(at, 'ignored', `overruled by line ${first?.at.line}`)
    return first
  }
  const protocols = said('jdk.tls.client.protocols', 'https.protocols')
  const list = said('jdk.tls.client.cipherSuites', 'https.cipherSuites', bareList)
  const groups = properties.get('jdk.tls.namedGroups')
  const schemes = properties.get('jdk.tls.client.SignatureSchemes')
  const disabled = properties.get('jdk.tls.disabledAlgorithms')
  const chosen = protocols === undefined ? undefined : readNamedProtocols(protocols.value, protocols.at, tell).protocols
  const suites = list === undefined ? undefined : readSuiteNames(list.value.split(/[\s,"'[\]]+/), list.at, tell).suites
  if (list !== undefined && suites !== undefined)
    tell(list.at, suites.length > 0 ? 'taken' : 'ignored', describeSuites(suites))
  const left = without(disabled, { at: list?.at, suites, protocols: chosen }, tell)
  return {
    ...(groups === undefined ? {} : readGroupNames(groups.value, groups.at, tell)),
    ...(schemes === undefined ? {} : readSignatureNames(schemes.value, schemes.at, tell)),
    ...(left.protocols === undefined ? {} : { protocols: left.protocols }),
    ...(left.suites === undefined ? {} : split(left.suites)),
  }
}

function split({ value, at }: Said<readonly string[]>): TlsWish {
  const isTls13 = (name: string) => findSuite(name)?.protocols[0] === 'TLSv1.3'
  return { legacy: { value: value.filter((name) => !isTls13(name)), at }, tls13: { value: value.filter(isTls13), at } }
}

interface Chosen {
  readonly at: Assignment['at'] | undefined
  readonly suites: readonly string[] | undefined
  readonly protocols: TlsWish['protocols']
}

/** Takes what jdk.tls.disabledAlgorithms names from the lists, or from the default set where it has any of it. */
function without(disabled: Assignment | undefined, { at, suites, protocols }: Chosen, tell: ImportContext['tell']) {
  const words = (disabled?.value ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => /^[\w*-][\w*.-]*$/.test(word))
  const isGone = (name: string) => words.some((word) => names(word, name))
  const before = suites ?? profiles[newestProfile].ciphers
  const after = before.filter((name) => !isGone(name))
  const offered = protocols?.value ?? allProtocols.slice(2)
  const left = offered.filter((protocol) => !words.includes(protocol))
  if (disabled !== undefined) {
    const removed = before.length - after.length
    const others = words.length === 0 ? '' : '; sizes of keys and signatures are held to security level 2'
    tell(
      disabled.at,
      'taken',
      `leaves out ${removed} of the suites and ${offered.length - left.length} protocols${others}`,
    )
  }
  const place = at ?? disabled?.at
  const isCut = place !== undefined && (suites !== undefined || after.length < before.length)
  const where = protocols?.at ?? disabled?.at
  const isBounded = where !== undefined && (protocols !== undefined || left.length < offered.length)
  return {
    suites: isCut ? { value: after, at: place } : undefined,
    protocols: isBounded ? { value: left, at: where } : undefined,
  }
}

/** `RC4`, `3DES_EDE_CBC` and `anon` name parts of suites, `TLS_RSA_*` a pattern. */
function names(word: string, suite: string): boolean {
  if (retiredProtocol(word) !== undefined) return false
  if (!word.includes('*')) return `_${suite}_`.includes(`_${word}_`) && word !== 'TLS'
  const parts = word.split('*')
  return (
    suite.startsWith(parts[0] ?? '') &&
    suite.endsWith(parts.at(-1) ?? '') &&
    parts.every((part) => suite.includes(part))
  )
}
