import type { CatalogueView, KnownSignature } from '../policy/catalogue/catalogue-view.ts'
import type { ColumnsByList } from '../policy/catalogue/cipher-columns.ts'
import type { KnownGroup } from '../policy/catalogue/known-groups.ts'
import type { KnownProtocol } from '../policy/catalogue/known-protocols.ts'
import type { KnownSuite } from '../policy/catalogue/known-suites.ts'
import { decideOn } from '../policy/decide-on.ts'
import type { Rule } from '../policy/policy.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addPolicyOptions, composeFrom } from './compose-policy.ts'
import type { SettingOptions } from './setting-options.ts'
import { tableLines } from './table-lines.ts'
import type { Terminal } from './terminal.ts'

/** `vedette ciphers`: the catalogue, or with a destination or a policy what is offered, in order. */
export const defineCiphers: DefineCommand = (command, { terminal }) => {
  command
    .argument('[destination]', 'show what the policy offers to this backend: host, host:port, or a URL')
    .option('--all', 'show what this runtime lacks as well, and why')
    .option('--columns', 'show what is selected, and what else could be')
  addPolicyOptions(command)
  addExamples(command, [
    'ciphers',
    'ciphers --all --json',
    'ciphers mail.example.org',
    'ciphers --policy new.yaml --columns',
  ])
  command.action(async (destination: string | undefined, options: Options) => {
    const { viewCatalogue, viewOffer } = await import('../policy/catalogue/catalogue-view.ts')
    if (destination === undefined && options.policy === undefined && !options.columns) {
      const view = viewCatalogue({ all: options.all === true })
      return options.json ? terminal.printJson(view) : showCatalogue(view, terminal)
    }
    const { snapshot, text } = await composeFrom(options, terminal)
    const { policy } = snapshot
    const rule = destination === undefined ? policy.unlisted : decideOn(policy, destination).rule
    if (options.columns) {
      const { columnsIn } = await import('../policy/catalogue/columns-in.ts')
      const columns = columnsIn(text, rule)
      return options.json ? terminal.printJson(columns) : showColumns(columns, terminal)
    }
    const offered = { policy: policy.name, rule: rule.name, source: sourceOf(rule), ...viewOffer(rule.tls) }
    if (options.json) return terminal.printJson(offered)
    const whom = destination === undefined ? 'what no rule names' : destination
    terminal.say(`offered to ${whom} by the rule ${rule.name} of ${policy.name}, in this order: ${offered.source}`)
    showCatalogue(offered, terminal)
  })
}

interface Options extends SettingOptions {
  readonly all?: boolean
  readonly columns?: boolean
}

function sourceOf({ tls }: Rule): string {
  return tls.profile === undefined ? 'custom configuration' : `default set ${tls.profile}`
}

function showCatalogue({ protocols, ciphers, groups, signatureAlgorithms }: CatalogueView, terminal: Terminal): void {
  const show = (head: readonly string[], rows: readonly (readonly string[])[]) => {
    if (rows.length === 0) return
    for (const [index, line] of tableLines([head, ...rows]).entries()) {
      terminal.print(index === 0 ? terminal.paint('bold', line) : line)
    }
    terminal.print('')
  }
  show(['', 'PROTOCOL', 'CODE', 'CLASS', 'OPENSSL', 'JAVA', 'GNUTLS', ''], protocols.map(protocolRow))
  show(['', 'SUITE', 'CODE', 'BITS', 'CLASS', 'OPENSSL', 'JAVA', 'GNUTLS', ''], ciphers.map(suiteRow))
  show(['', 'GROUP', 'CODE', 'BITS', 'CLASS', 'IANA', 'JAVA', 'GNUTLS', ''], groups.map(groupRow))
  show(['', 'SIGNATURE', 'CODE', 'BITS', 'CLASS', 'JAVA', 'GNUTLS', ''], signatureAlgorithms.map(signatureRow))
  terminal.say('* is in the newest default set, x is not in this runtime; = is the same name as in the first column')
}

function showColumns(columns: ColumnsByList, terminal: Terminal): void {
  for (const [list, { selected, available, lost }] of Object.entries(columns)) {
    for (const [column, entries] of Object.entries({ selected, available })) {
      terminal.print(terminal.paint('bold', `${list}, ${column}: ${entries.length}`))
      const rows = entries.map(({ name, isDefault, strength, reason }) => [
        isDefault ? '*' : '',
        name,
        strength,
        reason,
      ])
      for (const line of tableLines(rows)) terminal.print(line)
    }
    for (const { name, reason } of lost) terminal.print(`x ${name} is lost: ${reason}`)
    terminal.print('')
  }
}

function protocolRow(known: KnownProtocol): string[] {
  const { name, code, strength, openssl, java, gnutls, reason } = known
  const names = [openssl, java, gnutls].map((other) => otherName(other, name))
  return [markOf(known), name, code === null ? '-' : hex(code), strength, ...names, reason]
}

function suiteRow(known: KnownSuite): string[] {
  const { iana, code, bits, strength, openssl, java, gnutls, weaknesses, reason } = known
  const names = [openssl, java[0] ?? null, gnutls].map((other) => otherName(other, iana))
  return [markOf(known), iana, hex(code), String(bits), strength, ...names, reason || weaknesses.join(', ')]
}

function groupRow(known: KnownGroup): string[] {
  const { name, code, bits, strength, iana, java, gnutls, reason } = known
  const names = [iana, java, gnutls].map((other) => otherName(other, name))
  return [markOf(known), name, hex(code), String(bits), strength, ...names, reason]
}

function signatureRow(known: KnownSignature): string[] {
  const { name, code, bits, strength, java, gnutls, reason } = known
  const names = [java, gnutls].map((other) => otherName(other, name))
  return [markOf(known), name, hex(code), String(bits), strength, ...names, reason]
}

interface Marked {
  readonly since: string | undefined
  readonly until: string | undefined
  readonly available: boolean
}

function markOf({ since, until, available }: Marked): string {
  if (!available) return 'x'
  return since !== undefined && until === undefined ? '*' : ''
}

function otherName(other: string | null, name: string): string {
  return other === null ? '-' : other === name ? '=' : other
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(4, '0')}`
}
