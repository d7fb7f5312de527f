/**
 * Postfix: `smtp_tls_*` of main.cf for all backends, relayhost and each line of the policy table as a rule. The table
 * is read where smtp_tls_policy_maps names it, and is taken as FILE too.
 */
import { ruleFrom, specFrom } from './backend-wish.ts'
import type { ImportContext, Importer, RuleInput, SourceText } from './importer.ts'
import { matchBackend, serverName } from './name-backend.ts'
import { levelWish, pinsOf } from './postfix-levels.ts'
import { postfixReason } from './postfix-reasons.ts'
import { levelNames, type PostfixScope, postfixTls } from './postfix-tls.ts'
import { type Assignment, type Line, notReadable, readLines, splitAssignment } from './read-lines.ts'
import { takeIdentity, takeTrustStore } from './verification.ts'

/** Imports main.cf or a policy table. */
export const importPostfix: Importer = (source, context) => {
  const { parameters, entries } = readMain(source, context)
  const scope: PostfixScope = { parameters, overrides: new Map() }
  for (const { key, at } of parameters.values()) {
    const reason = postfixReason(key)
    if (reason !== undefined) context.tell(at, 'ignored', reason)
  }
  const relay = ruleOfRelay(scope, context)
  const listed = [...entries, ...mapped(parameters, context)].flatMap((line) => ruleOfEntry(line, scope, context) ?? [])
  return { ...policyOf(scope, context), rules: [...listed, ...(relay === undefined ? [] : [relay])] }
}

interface Main {
  readonly parameters: ReadonlyMap<string, Assignment>
  readonly entries: readonly Line[]
}

const entryPattern = new RegExp(`^(\\S+)\\s+(${levelNames.join('|')})(?=[\\s,]|$)[\\s,]*(.*)$`)

function readMain(source: SourceText, context: ImportContext): Main {
  const parameters = new Map<string, Assignment>()
  const entries: Line[] = []
  for (const line of readLines(source, { comment: /^#/, continues: 'indented' }, context.place)) {
    const assignment = splitAssignment(line)
    if (entryPattern.test(line.text)) entries.push(line)
    else if (/^\S+\s+(inet|unix|fifo|pass|unix-dgram)\s/.test(line.text)) {
      context.tell(line.at, 'ignored', 'a service of master.cf: what it says with -o is not read')
    } else if (assignment === undefined || !/^\w+$/.test(assignment.key)) {
      throw notReadable(line.at, 'expected name = value, or a line of a policy table')
    } else {
      const earlier = parameters.get(assignment.key)
      if (earlier !== undefined) context.tell(earlier.at, 'ignored', `overruled by line ${line.at.line}`)
      parameters.set(assignment.key, assignment)
    }
  }
  return { parameters: expanded(parameters), entries }
}

/** Values refer to others with `$name`. Each is expanded once and cut, so that no file can make them grow without end. */
function expanded(parameters: ReadonlyMap<string, Assignment>): Map<string, Assignment> {
  const values = new Map<string, string>()
  const expand = (key: string): string => {
    const known = values.get(key)
    if (known !== undefined) return known
    // One that refers to itself finds nothing there yet.
    values.set(key, '')
    const text = (parameters.get(key)?.value ?? '').slice(0, valueMax)
    const refer = (_: string, plain?: string, braced?: string) => expand(plain ?? braced ?? '')
    const value = text.replaceAll(/\$(?:(\w+)|[{(](\w+)[)}])/g, refer).slice(0, valueMax)
    values.set(key, value)
    return value
  }
  return new Map([...parameters].map(([key, each]) => [key, { ...each, value: expand(key) }]))
}

const valueMax = 8_192

/** Tables of other kinds (LDAP, SQL, sockets) are not files of lines. */
function mapped(parameters: Main['parameters'], context: ImportContext): readonly Line[] {
  const maps = parameters.get('smtp_tls_policy_maps')
  return (maps?.value ?? '')
    .split(/[,\s]+/)
    .filter((each) => each !== '')
    .flatMap((map) => {
      if (maps === undefined) return []
      const path = /^(?:hash|texthash|btree|lmdb|cdb|dbm):(.+)$/.exec(map)?.[1]
      const files = path === undefined ? [] : context.read(path)
      if (files.length === 0) {
        context.tell(maps.at, 'ignored', `${map} cannot be read here: import its text as well`)
        return []
      }
      context.tell(maps.at, 'taken', `reads ${map}`)
      return files.flatMap((file) => readLines(file, { comment: /^#/, continues: 'indented' }, context.place))
    })
}

function policyOf(scope: PostfixScope, context: ImportContext) {
  const { parameters } = scope
  const level = parameters.get('smtp_tls_security_level')
  const { verify } =
    level === undefined ? {} : levelWish(level.value, level.at, { scope: 'policy', tell: context.tell })
  const store = parameters.get('smtp_tls_CAfile') ?? parameters.get('smtp_tls_CApath')
  const tls = postfixTls(scope, level?.value ?? '', { scope: 'policy', context })
  if (store !== undefined && verify === false) context.tell(store.at, 'ignored', 'nothing is verified with it')
  const name =
    store === undefined || store.value === '' || verify === false
      ? undefined
      : takeTrustStore(store.value, store.at, context)
  return specFrom({ verify, store: name, tls })
}

function ruleOfRelay(scope: PostfixScope, context: ImportContext): RuleInput | undefined {
  const relay = scope.parameters.get('relayhost')
  const match = relay === undefined || relay.value === '' ? undefined : matchOf(relay.value, relay.at, context)
  if (relay === undefined || match === undefined) return undefined
  context.tell(relay.at, 'changed', `the rule matches ${match}; ${startTls(scope)}`)
  const certificate = scope.parameters.get('smtp_tls_cert_file')
  const key = scope.parameters.get('smtp_tls_key_file')
  if (key !== undefined) context.tell(key.at, 'changed', 'the key goes into the same folder under identities/')
  const level = scope.parameters.get('smtp_tls_security_level')?.value ?? ''
  return ruleFrom(context.names.rule('relayhost'), [match], {
    tls: postfixTls(scope, level, { scope: 'rule', context }),
    ...(certificate === undefined || certificate.value === ''
      ? {}
      : { clientCertificate: takeIdentity(certificate.value, certificate.at, context) }),
  })
}

function startTls({ parameters }: PostfixScope): string {
  if (parameters.get('smtp_tls_wrappermode')?.value === 'yes') return 'TLS from the first byte, as asked'
  return 'STARTTLS is asked for by a service (starttls: smtp), not by a rule: the rule holds either way'
}

function ruleOfEntry(line: Line, main: PostfixScope, context: ImportContext): RuleInput | undefined {
  const { at } = line
  const { tell } = context
  const [, destination = '', level = '', rest = ''] = entryPattern.exec(line.text) ?? []
  if (level === '') {
    tell(at, 'ignored', 'no line of a policy table: expected a destination and a security level')
    return undefined
  }
  const match = matchOf(destination, at, context)
  if (match === undefined) return undefined
  tell(at, 'changed', `the rule matches ${match}; ${startTls(main)}`)
  const overrides = attributesOf(rest, line)
  const scope = { parameters: main.parameters, overrides }
  const { verify, plaintext } = levelWish(level, at, { scope: 'rule', tell })
  const store = overrides.get('tafile')
  const pins = level === 'fingerprint' ? pinsOf(overrides.get('match')?.value ?? '', at, tell) : undefined
  return {
    ...ruleFrom(context.names.rule(destination), [match], {
      verify,
      tls: postfixTls(scope, level, { scope: 'rule', context }),
      store: store === undefined || verify === false ? undefined : takeTrustStore(store.value, at, context),
      ...nameOf(level, overrides.get('match')?.value, at, context),
      ...sniOf(overrides.get('servername')?.value, at, context),
    }),
    ...(plaintext ? { plaintext } : {}),
    ...(pins === undefined ? {} : { pins }),
  }
}

/** `name=value` up to the next blank or comma; a value may stand in braces or hold colons. */
function attributesOf(text: string, line: Line): Map<string, Assignment> {
  const found = text.matchAll(/([\w-]+)\s*=\s*(?:\{([^}]*)\}|([^\s,]*))/g)
  return new Map([...found].map(([, key = '', braced, plain]) => [key, { ...line, key, value: braced ?? plain ?? '' }]))
}

function nameOf(
  level: string,
  match: string | undefined,
  at: Line['at'],
  { tell }: ImportContext,
): { verifyName?: string } {
  if (match === undefined || !/^(verify|secure)$/.test(level)) return {}
  const names = match.split(/[:|]/).filter((each) => !/^(nexthop|dot-nexthop|hostname|)$/.test(each))
  const exact = names.find((each) => !each.startsWith('.') && each.includes('.') && serverName(each) !== undefined)
  if (names.length > 1 || (names.length === 1 && exact === undefined)) {
    tell(at, 'changed', 'a rule verifies one exact name: of match= the first such one is taken')
  }
  const name = exact === undefined ? undefined : serverName(exact)
  return name === undefined ? {} : { verifyName: name }
}

/** The words for the names that Postfix finds by itself stand for the one asked for, which is sent anyway. */
function sniOf(said: string | undefined, at: Line['at'], { tell }: ImportContext): { sni?: string } {
  if (said === undefined || /^(hostname|nexthop)$/.test(said)) return {}
  const name = serverName(said)
  if (name === undefined) tell(at, 'ignored', `servername=${said} cannot be sent as a server name`)
  return name === undefined ? {} : { sni: name }
}

/** `[host]:port` is a host; a bare name is a domain whose MX Postfix would look up; `.name` is all below it. */
function matchOf(destination: string, at: Line['at'], { tell }: ImportContext): string | undefined {
  const [, bracketed, bare = '', port = ''] = /^(?:\[(.*)\]|([^\s:]*))(?::([\w-]+))?$/.exec(destination) ?? []
  const number = { smtp: '25', submission: '587', submissions: '465', smtps: '465' }[port] ?? port
  const host = (bracketed ?? bare).replace(/^ipv6:/i, '').replace(/^\./, '*.')
  if (bracketed === undefined && !bare.startsWith('.')) {
    tell(at, 'changed', 'a rule matches the name itself: the mail exchangers of a domain are not looked up')
  }
  return matchBackend(host, number, at, tell)
}
