/** Resolves one rule: what it says, laid over what the policy says for all. */

import type { Rule, TlsOffer } from '../policy.ts'
import { compileTls, inheritTls, warnOfUnsaid } from './compile-tls.ts'
import type { Path } from './problem.ts'
import type { RuleEntry, Spec, TlsEntry } from './schema.ts'
import { type Note, type TlsScope, tlsScope } from './tls-scope.ts'

/** What every rule of one policy inherits. */
export interface Inherited {
  readonly spec: Spec
  readonly tls: TlsOffer
}

/** Makes the rule that holds for what no rule names. */
export function compileUnlisted({ spec, tls }: Inherited, note: Note): Rule {
  const { strictTls } = spec
  const rule: Rule = {
    name: unlistedName,
    index: -1,
    match: [],
    action: spec.destinations.unlisted,
    strict: strictTls.enabled,
    grade: strictTls.grade,
    enforcement: strictTls.enforcement,
    trustStores: storesOf(strictTls),
    allowUntrusted: strictTls.allowUntrusted,
    chainRepair: strictTls.chainRepair,
    sni: spec.sni,
    tls,
    pins: null,
    plaintext: false,
    tunnels: spec.tunnels,
    tlsPort: 443,
    fixUps: false,
    starttls: 'must',
    revocation: spec.revocation,
    ...viaOf(spec.via),
    ...healthCheckOf(spec.healthCheck, spec.healthCheck.every),
  }
  checkSomebodyIsTrusted(rule, specStores, note)
  return rule
}

/** Makes the rule at `index` of the list. */
export function compileRule(entry: RuleEntry, index: number, { spec, tls }: Inherited, note: Note): Rule {
  const path = ['spec', 'rules', index]
  checkSaidOnce(entry, path, note)
  // A key that is not said is not there at all, so it cannot lay `undefined` over what is inherited.
  const strictTls = { ...spec.strictTls, ...entry.strictTls } as Spec['strictTls']
  const rule: Rule = {
    name: entry.name,
    index,
    match: entry.match,
    ...(entry.callers === undefined ? {} : { callers: entry.callers }),
    action: entry.action,
    strict: strictTls.enabled,
    grade: strictTls.grade,
    enforcement: entry.enforcement ?? strictTls.enforcement,
    trustStores: [...new Set(entry.trustStores ?? storesOf(strictTls))],
    allowUntrusted: strictTls.allowUntrusted,
    chainRepair: strictTls.chainRepair,
    sni: entry.sni ?? spec.sni,
    ...(entry.verifyName === undefined ? {} : { verifyName: entry.verifyName }),
    tls: entry.tls === undefined ? tls : compileOwnTls(entry.tls, spec.tls, tlsScope(entry.tls, path, note)),
    pins: entry.pins ?? null,
    ...(entry.clientCertificate === undefined ? {} : { clientCertificate: entry.clientCertificate }),
    plaintext: entry.plaintext,
    tunnels: entry.tunnels ?? spec.tunnels,
    tlsPort: entry.tlsPort,
    fixUps: entry.fixUps,
    starttls: entry.starttls,
    revocation: { ...spec.revocation, ...entry.revocation } as Spec['revocation'],
    ...viaOf(entry.via ?? spec.via),
    ...healthCheckOf(entry.healthCheck ?? spec.healthCheck, spec.healthCheck.every),
  }
  checkSomebodyIsTrusted(rule, storesPath(entry, path), note)
  return rule
}

function compileOwnTls(own: TlsEntry, outer: TlsEntry, scope: TlsScope): TlsOffer {
  warnOfUnsaid(outer, scope)
  return compileTls(inheritTls(outer, own), scope)
}

/** The name that logs and metrics show for what no rule names; no rule may take it. */
export const unlistedName = 'unlisted'

const specStores: Path = ['spec', 'strictTls', 'defaultTrustStore']

function storesOf(strictTls: Spec['strictTls']): string[] {
  const { defaultTrustStore, customTrustStores } = strictTls
  return [...new Set([...(defaultTrustStore === 'none' ? [] : [defaultTrustStore]), ...customTrustStores])]
}

/** A rule that goes no way round says nothing of it. */
function viaOf(via: Spec['via']): Pick<Rule, 'via'> {
  return via === 'direct' ? {} : { via }
}

/** A rule whose backends are left alone says nothing of it. */
function healthCheckOf(
  { enabled, every }: NonNullable<RuleEntry['healthCheck']>,
  usually: number,
): Pick<Rule, 'healthCheck'> {
  return enabled ? { healthCheck: { everyMs: every ?? usually } } : {}
}

/** Two places for one thing invite a change in only one of them. */
function checkSaidOnce(entry: RuleEntry, path: Path, note: Note): void {
  if (entry.enforcement !== undefined && entry.strictTls?.enforcement !== undefined) {
    note('error', [...path, 'enforcement'], 'is also said in strictTls: keep one')
  }
  for (const key of ['defaultTrustStore', 'customTrustStores'] as const) {
    if (entry.trustStores === undefined || entry.strictTls?.[key] === undefined) continue
    note('error', [...path, 'strictTls', key], 'is overruled by trustStores, which means only these: keep one')
  }
}

/** Where the reader must look for the stores of a rule: at the rule's own words, or at those it inherits. */
function storesPath(entry: RuleEntry, path: Path): Path {
  if (entry.trustStores !== undefined) return [...path, 'trustStores']
  if (entry.strictTls?.defaultTrustStore !== undefined) return [...path, 'strictTls', 'defaultTrustStore']
  return entry.strictTls?.customTrustStores === undefined ? specStores : [...path, 'strictTls', 'customTrustStores']
}

function checkSomebodyIsTrusted(rule: Rule, path: Path, note: Note): void {
  const refusesEveryone = rule.strict && rule.enforcement === 'enforce' && !rule.allowUntrusted
  if (rule.action === 'deny' || !refusesEveryone || rule.trustStores.length > 0 || rule.pins?.mode === 'instead') return
  const own = ['action', 'enforcement', 'strictTls', 'trustStores', 'pins'].map((key) => [
    'spec',
    'rules',
    rule.index,
    key,
  ])
  const needs = [['spec', 'strictTls'], ...(rule.index === -1 ? [['spec', 'destinations', 'unlisted']] : own)]
  note('error', path, 'leaves no trust store at all: strict TLS would refuse every backend', needs)
}
