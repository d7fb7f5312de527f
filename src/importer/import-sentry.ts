/**
 * Sentry: the fields of its page for outgoing SSL, as YAML or as key=value lines, whatever the spelling. What its page
 * does not say here keeps our default; its own default is to verify nothing, and nobody should get that by silence.
 */

import { findSuite } from '../policy/catalogue/catalogue.ts'
import { readYaml } from '../policy/document/read-yaml.ts'
import { fitTls } from './fit-tls.ts'
import type { ImportContext, Importer, SourceText, Spec } from './importer.ts'
import { readNamedProtocols } from './protocol-lists.ts'
import { notReadable, readLines, splitAssignment, unquote } from './read-lines.ts'
import { describeSuites, readSuiteNames } from './read-names.ts'
import type { Place } from './report.ts'
import { takeTrustStore, unverified } from './verification.ts'

/** Imports an export of Sentry's outgoing SSL page. */
export const importSentry: Importer = (source, context) => {
  const fields = readFields(source, context)
  const field = (...names: readonly string[]) =>
    names.map((name) => fields.get(name)).find((each) => each !== undefined)
  for (const [name, { at }] of fields)
    if (name.startsWith('available')) context.tell(at, 'ignored', 'what could be chosen, and was not')
  const sni = field('sni', 'enablesni', 'servernameindication', 'enableservernameindication')
  if (sni !== undefined) context.tell(sni.at, 'taken', isOn(sni) ? 'the server name is sent' : 'no server name is sent')
  const tls = tlsOf(field, context)
  const strictTls = strictOf(field, context)
  return {
    ...(strictTls === undefined ? {} : { strictTls }),
    ...(sni === undefined ? {} : { sni: isOn(sni) }),
    ...(tls === undefined ? {} : { tls }),
  }
}

interface Field {
  readonly values: readonly string[]
  readonly at: Place
}

type Find = (...names: readonly string[]) => Field | undefined

function readFields(source: SourceText, context: ImportContext): Map<string, Field> {
  const { value, problems, problemAt } = readYaml(source.text, source.file)
  const lines = source.text.split(/\r\n|\n/)
  const fields = new Map<string, Field>()
  if (problems.length === 0 && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const walk = (record: object, path: readonly string[]) => {
      for (const [key, each] of Object.entries(record)) {
        const { line } = problemAt([...path, key], '', { atKey: true })
        if (typeof each === 'object' && each !== null && !Array.isArray(each)) walk(each, [...path, key])
        else
          fields.set(nameOf(key), {
            values: valuesOf(each),
            at: context.place(source.file, line, lines[line - 1] ?? key),
          })
      }
    }
    walk(value, [])
    return fields
  }
  for (const line of readLines(source, { comment: /^[#;]/ }, context.place)) {
    const assignment = splitAssignment(line, /[=:]/)
    if (assignment === undefined) throw notReadable(line.at, 'expected a field of the page and its value')
    fields.set(nameOf(assignment.key), { values: valuesOf(unquote(assignment.value)), at: line.at })
  }
  return fields
}

function nameOf(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z\d]/g, '')
}

function valuesOf(value: unknown): string[] {
  const items = Array.isArray(value) ? value.map(String) : [value === null || value === undefined ? '' : String(value)]
  return items
    .flatMap((each) => each.split(/[,;\n]+/))
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

function isOn({ values }: Field): boolean {
  return /^(true|yes|on|enabled?|1|checked|selected)$/i.test(values[0] ?? '')
}

function strictOf(field: Find, context: ImportContext): Spec['strictTls'] {
  const { tell } = context
  const strict = field('stricttls', 'enablestricttls', 'stricttlsenabled')
  const java = field(
    'enabledefaultjavatruststore',
    'defaultjavatruststore',
    'usedefaultjavatruststore',
    'defaulttruststore',
  )
  const allow = field('allowandloguntrustedservers', 'allowandlog', 'allowuntrusted', 'allowuntrustedservers')
  const custom = field('customtruststorefile', 'customtruststore', 'enablecustomtruststore')
  if (strict !== undefined)
    tell(strict.at, isOn(strict) ? 'taken' : 'dangerous', isOn(strict) ? 'chain and name are verified' : unverified)
  if (allow !== undefined) {
    const says =
      'anyone on the way can pose as a backend with a certificate of their own, which is logged; a wrong name is refused'
    tell(allow.at, isOn(allow) ? 'dangerous' : 'taken', isOn(allow) ? says : 'untrusted servers are refused')
  }
  const stores = storesOf(custom, context)
  const wantsNone = java !== undefined && !isOn(java)
  // Sentry can be left without any store; a policy that trusts nobody would only refuse everything.
  const trustsNobody = wantsNone && stores.length === 0
  if (java !== undefined) {
    const says = trustsNobody
      ? 'no other store is named, so the bundled one stays'
      : 'the store of Java became the bundled one, which is that of Mozilla'
    if (wantsNone && !trustsNobody) tell(java.at, 'taken', 'only the custom trust store is trusted')
    else tell(java.at, 'changed', says)
  }
  if ([strict, java, allow, custom].every((each) => each === undefined)) return undefined
  return {
    ...(strict === undefined ? {} : { enabled: isOn(strict) }),
    ...(wantsNone && !trustsNobody ? { defaultTrustStore: 'none' } : {}),
    ...(stores.length === 0 ? {} : { customTrustStores: stores }),
    ...(allow === undefined ? {} : { allowUntrusted: isOn(allow) }),
  }
}

function storesOf(custom: Field | undefined, context: ImportContext): string[] {
  if (custom === undefined) return []
  const path = custom.values[0] ?? ''
  if (path === '' || /^(false|no|off|disabled?|0|none)$/i.test(path)) {
    context.tell(custom.at, 'taken', 'no custom trust store')
    return []
  }
  return [takeTrustStore(isOn(custom) ? 'sentry-custom' : path, custom.at, context)]
}

/** Under "Use Default" the columns mean nothing, as on the page. */
function tlsOf(field: Find, { tell }: ImportContext): Spec['tls'] {
  const mode = field('configuration', 'tlsconfiguration', 'mode', 'useconfiguration')
  const [useCustom, useDefault] = [field('usecustomconfiguration'), field('usedefault', 'usedefaultrecommended')]
  const switched = mode ?? useCustom ?? useDefault
  const isDefault =
    (mode !== undefined && /default/i.test(mode.values[0] ?? '')) ||
    (useDefault !== undefined && isOn(useDefault)) ||
    (useCustom !== undefined && !isOn(useCustom))
  const protocols = field('protocols', 'selectedprotocols', 'tlsprotocols')
  const ciphers = field('ciphersuites', 'selectedciphersuites', 'ciphers', 'selectedciphers')
  if (isDefault) {
    if (switched !== undefined)
      tell(switched.at, 'changed', 'the default set of this product holds; profile: sentry-classic is that of Sentry')
    for (const each of [protocols, ciphers])
      if (each !== undefined) tell(each.at, 'ignored', 'means nothing while the default is used')
    return undefined
  }
  if (switched !== undefined) tell(switched.at, 'taken', 'the lists chosen here hold')
  const suites = ciphers === undefined ? undefined : readSuiteNames(ciphers.values, ciphers.at, tell).suites
  if (ciphers !== undefined && suites !== undefined)
    tell(ciphers.at, suites.length > 0 ? 'taken' : 'ignored', describeSuites(suites))
  const isTls13 = (name: string) => findSuite(name)?.protocols[0] === 'TLSv1.3'
  return fitTls(
    {
      ...(protocols === undefined ? {} : readNamedProtocols(protocols.values.join(' '), protocols.at, tell)),
      ...(ciphers === undefined || suites === undefined
        ? {}
        : {
            legacy: { value: suites.filter((name) => !isTls13(name)), at: ciphers.at },
            tls13: { value: suites.filter(isTls13), at: ciphers.at },
          }),
    },
    { scope: 'policy', tell },
  )
}
