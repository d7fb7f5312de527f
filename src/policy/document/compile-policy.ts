/**
 * Resolves a policy document into the policy the rest of the house works with: defaults and overrides laid out, every
 * rule complete. Pure, and blind to lines: what is wrong is told by path, and whoever read the text knows the place.
 */

import type { ExceptionRecord, HealthChecks, Policy } from '../policy.ts'
import { compileRule, compileUnlisted, type Inherited, unlistedName } from './compile-rule.ts'
import { compileTls } from './compile-tls.ts'
import { lintPolicy } from './lint-policy.ts'
import type { Path, Remark } from './problem.ts'
import type { PolicyDocument, Spec } from './schema.ts'
import { type Note, tlsScope } from './tls-scope.ts'

/** A policy and what there is to say about the document it came from. */
export interface CompiledPolicy {
  /** Only worth anything while no remark is an error. */
  readonly policy: Policy
  readonly remarks: readonly Remark[]
}

/** Compiles a document; contradictions are errors among the remarks, doubtful choices are warnings. */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  const remarks: Remark[] = []
  const note: Note = (severity, path, message, needs = []) => remarks.push({ path, message, severity, needs })
  const { metadata, spec } = document

  const tls = compileTls(spec.tls, tlsScope(spec.tls, ['spec'], note))
  const inherited: Inherited = { spec, tls }
  const policy: Policy = {
    name: metadata.name,
    comment: metadata.comment,
    rules: spec.rules.map((entry, index) => compileRule(entry, index, inherited, note)),
    unlisted: compileUnlisted(inherited, note),
    addresses: { deny: [spec.destinations.denyAddresses].flat(), allow: spec.destinations.allowAddresses },
    healthChecks: compileHealthChecks(spec.healthCheck),
    exceptions: spec.exceptions.map(compileException),
    tests: spec.tests.map(({ destination, expect }) => ({ destination: destination.authority, expect })),
  }
  checkRuleNames(spec, note)
  checkStoreNames(spec, note)
  checkSomethingIsAllowed(spec, note)
  checkSwitches(policy, note)
  lintPolicy(document, policy, note)
  return { policy: deepFreeze(policy), remarks }
}

function compileHealthChecks({ every, seen, backends }: Spec['healthCheck']): HealthChecks {
  const switches = backends.map(({ backend: { authority }, enabled }) => ({ authority, enabled }))
  return { everyMs: every, seen, backends: switches }
}

function compileException(entry: Spec['exceptions'][number]): ExceptionRecord {
  return {
    host: entry.backend.host,
    port: entry.backend.port,
    findings: entry.findings,
    ...(entry.spkiSha256 === undefined ? {} : { spkiSha256: entry.spkiSha256 }),
    untilMs: entry.until,
    owner: entry.owner,
    reason: entry.reason,
  }
}

/** Logs, metrics and pages tell rules apart by name alone. */
function checkRuleNames({ rules }: Spec, note: Note): void {
  const seen = new Set<string>()
  for (const [index, { name }] of rules.entries()) {
    const path = ['spec', 'rules', index, 'name']
    if (name === unlistedName)
      note('error', path, `${unlistedName} is what logs call the lack of a rule: choose another`)
    if (seen.has(name)) note('error', path, `${name} is already the name of a rule above`)
    seen.add(name)
  }
}

/** `none` means no default store, and the pool of intermediates no store at all: in a list they are a mistake. */
function checkStoreNames({ strictTls, rules }: Spec, note: Note): void {
  const lists = [
    { path: ['spec', 'strictTls', 'customTrustStores'], stores: strictTls.customTrustStores },
    ...rules.flatMap(({ trustStores, strictTls: own }, index) => [
      { path: ['spec', 'rules', index, 'trustStores'], stores: trustStores ?? [] },
      { path: ['spec', 'rules', index, 'strictTls', 'customTrustStores'], stores: own?.customTrustStores ?? [] },
    ]),
  ]
  const defaults: [path: Path, name: string | undefined][] = [
    [['spec', 'strictTls', 'defaultTrustStore'], strictTls.defaultTrustStore],
    ...rules.map(({ strictTls: own }, index): [Path, string | undefined] => [
      ['spec', 'rules', index, 'strictTls', 'defaultTrustStore'],
      own?.defaultTrustStore,
    ]),
  ]
  for (const { path, stores } of lists) {
    const at = stores.indexOf('none')
    if (at !== -1) note('error', [...path, at], 'none stands for no store in defaultTrustStore only')
    const pool = stores.indexOf(poolName)
    if (pool !== -1) note('error', [...path, pool], poolIsNoStore)
  }
  for (const [path, name] of defaults) if (name === poolName) note('error', path, poolIsNoStore)
}

/** The folder under truststores/ that completes chains and trusts nobody. */
const poolName = 'intermediates'
const poolIsNoStore = 'intermediates is the pool that completes chains: what lies in it is never trusted'

function checkSomethingIsAllowed({ destinations, rules }: Spec, note: Note): void {
  if (destinations.unlisted === 'allow' || rules.some(({ action }) => action === 'allow')) return
  // The rules may stand under a mistyped key, or be among those that could not be read.
  const needs = rules.length === 0 ? [['spec']] : [['spec', 'rules']]
  note('error', ['spec', 'destinations', 'unlisted'], 'denies everything: no rule allows a destination', needs)
}

/** Of two switches of one backend only one could hold. */
function checkSwitches({ healthChecks: { backends } }: Policy, note: Note): void {
  const seen = new Set<string>()
  for (const [index, { authority }] of backends.entries()) {
    const path = ['spec', 'healthCheck', 'backends', index, 'backend']
    if (seen.has(authority)) note('error', path, `${authority} has a switch above: keep one`)
    seen.add(authority)
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}
