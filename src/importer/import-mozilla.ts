/** Mozilla's guideline JSON: one of its configurations, the intermediate one where there are several. */
import { specFrom } from './backend-wish.ts'
import { fitTls } from './fit-tls.ts'
import type { Importer } from './importer.ts'
import { readNamedProtocols } from './protocol-lists.ts'
import { notReadable } from './read-lines.ts'
import { describeSuites, readGroupNames, readSuiteNames } from './read-names.ts'
import type { Place } from './report.ts'

/** Imports a guideline of Mozilla. */
export const importMozilla: Importer = ({ file, text }, { place, tell }) => {
  const document = recordOf(parse(file, text))
  const configurations = recordOf(document?.configurations)
  const name = ['intermediate', 'modern', 'old'].find((each) => recordOf(configurations?.[each]) !== undefined)
  const chosen = name === undefined ? document : recordOf(configurations?.[name])
  if (chosen === undefined) throw notReadable({ file, line: 0 }, 'expected an object as the guideline is')
  const lineOf = finder(text, name)
  const at = (key: string): Place => place(file, lineOf(key), `"${key}"`)
  for (const other of Object.keys(configurations ?? {})) {
    if (other === name) tell(at(other), 'taken', 'the configuration that is imported')
    else
      tell(at(other), 'ignored', `the configuration ${name} is imported: give a file with this one alone to import it`)
  }
  const said = new Map(Object.entries(chosen).map(([key, value]) => [key, { value, at: at(key) }]))
  const listOf = (key: string) => {
    const entry = said.get(key)
    const items = key === 'ciphers' && !Array.isArray(entry?.value) ? recordOf(entry?.value)?.openssl : entry?.value
    return entry === undefined || !Array.isArray(items) ? undefined : { items: items.map(String), at: entry.at }
  }
  const [protocols, ciphers, tls13, groups] = ['tls_versions', 'ciphers', 'ciphersuites', 'tls_curves'].map(listOf)
  for (const { key, reason } of reasons) {
    const entry = said.get(key)
    if (entry !== undefined) tell(entry.at, 'ignored', reason)
  }
  const suitesOf = (list: typeof ciphers) => {
    if (list === undefined) return undefined
    const { suites } = readSuiteNames(list.items, list.at, tell)
    tell(
      list.at,
      suites.length > 0 ? 'taken' : 'ignored',
      list.items.length === 0 ? 'an empty list' : describeSuites(suites),
    )
    return { value: suites, at: list.at }
  }
  const legacy = suitesOf(ciphers)
  const newer = suitesOf(tls13)
  const tls = fitTls(
    {
      ...(protocols === undefined ? {} : readNamedProtocols(protocols.items.join(' '), protocols.at, tell)),
      ...(legacy === undefined ? {} : { legacy }),
      ...(newer === undefined ? {} : { tls13: newer }),
      ...(groups === undefined ? {} : readGroupNames(groups.items.join(':'), groups.at, tell)),
    },
    { scope: 'policy', tell },
  )
  return specFrom({ tls })
}

const server = 'the guideline says it to servers; it has no meaning for what leaves'
const reasons = [
  ...[
    'certificate_curves',
    'certificate_signatures',
    'certificate_types',
    'dh_param_size',
    'ecdh_param_size',
    'hsts_min_age',
  ],
  ...[
    'maximum_certificate_lifespan',
    'ocsp_staple',
    'oldest_clients',
    'recommended_certificate_lifespan',
    'rsa_key_size',
  ],
  ...['server_preferred_order'],
].map((key) => ({ key, reason: server }))

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw notReadable({ file, line: 0 }, `is no JSON: ${(error as Error).message}`)
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

/** JSON.parse knows no places: a key is looked for behind the name of its configuration. */
function finder(text: string, name: string | undefined): (key: string) => number {
  const start = name === undefined ? 0 : Math.max(text.indexOf(`"${name}"`), 0)
  return (key) => {
    const at = text.indexOf(`"${key}"`, start)
    const offset = at === -1 ? text.indexOf(`"${key}"`) : at
    return text.slice(0, Math.max(offset, 0)).split('\n').length
  }
}
