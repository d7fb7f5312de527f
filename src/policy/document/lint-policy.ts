/** What a policy may say and should not say lightly, each with its reason; and what it says to no effect. */

import { coversPattern } from '../match-host.ts'
import type { Policy } from '../policy.ts'
import { lintExceptions } from './lint-exceptions.ts'
import { lintRevocation } from './lint-revocation.ts'
import type { Path } from './problem.ts'
import type { PolicyDocument, RuleEntry, Spec, StrictTlsEntry } from './schema.ts'
import type { Note } from './tls-scope.ts'

/** Notes every doubtful choice of a document whose rules are resolved in `policy`. */
export function lintPolicy({ spec }: PolicyDocument, policy: Policy, note: Note): void {
  lintStrictTls(spec.strictTls, spec.strictTls.enabled, ['spec', 'strictTls'], note)
  for (const [index, entry] of spec.rules.entries()) {
    const path = ['spec', 'rules', index]
    lintStrictTls(entry.strictTls ?? {}, policy.rules[index]?.strict ?? true, [...path, 'strictTls'], note)
    lintHealthCheck(entry, { seen: spec.healthCheck.seen, path, note })
    lintRule(entry, path, note)
  }
  lintOrder(policy, note)
  lintExceptions(spec, policy, note)
  lintRevocation(spec, policy, note)
  lintAddresses(spec, note)
}

function lintStrictTls(said: StrictTlsEntry, strict: boolean, path: Path, note: Note): void {
  if (said.enabled === false) {
    note('warning', [...path, 'enabled'], 'anyone on the way can pose as the backend: chain and name are not verified')
  }
  if (said.enforcement === 'report') note('warning', [...path, 'enforcement'], reportReason)
  if (said.grade === 'rfc5280' && !strict) {
    note('warning', [...path, 'grade'], 'has no effect while strict TLS is off: whatever it finds is only logged')
  }
  if (said.allowUntrusted !== true) return
  const reason = strict
    ? 'anyone on the way can pose as the backend with a certificate of their own: give it a trust store instead'
    : 'has no effect while strict TLS is off: every server is let through anyway'
  note('warning', [...path, 'allowUntrusted'], reason)
}

const reportReason = 'refuses nothing: look at what would be refused, then enforce'

/** What a rule means to be looked at and cannot be. */
function lintHealthCheck(
  entry: RuleEntry,
  { seen, path, note }: { readonly seen: boolean; readonly path: Path; readonly note: Note },
): void {
  const reason = entry.healthCheck?.enabled === true ? whyNobodyIsProbed(entry, seen) : undefined
  if (reason !== undefined) note('warning', [...path, 'healthCheck'], reason)
}

function whyNobodyIsProbed({ callers, match, plaintext }: RuleEntry, seen: boolean): string | undefined {
  if (callers !== undefined) return 'probes nobody: the rule is for some callers alone, and a probe is of none of them'
  if (!seen && match.every(({ wildcard }) => wildcard))
    return 'a wildcard names no backend: only those that services, tests or exceptions name are probed while spec.healthCheck.seen is off'
  return plaintext ? 'probes nobody: the rule lets plain text out, and a probe is a TLS handshake' : undefined
}

function lintRule(entry: RuleEntry, path: Path, note: Note): void {
  if (entry.enforcement === 'report') note('warning', [...path, 'enforcement'], reportReason)
  if (entry.action !== 'deny' && entry.pins !== undefined && new Set(entry.pins.spkiSha256).size === 1) {
    const reason = 'is a single key: the day the backend changes it nothing gets through, so add a spare one'
    note('warning', [...path, 'pins', 'spkiSha256'], reason, [[...path, 'action']])
  }
  if (entry.action === 'deny') {
    for (const key of Object.keys(entry) as (keyof RuleEntry)[]) {
      if (keysOfDeny.includes(key) || entry[key] === undefined || isDefault(entry, key)) continue
      note('warning', [...path, key], 'has no effect: the rule denies')
    }
  } else if (entry.plaintext) {
    note('warning', [...path, 'plaintext'], 'anyone on the way can read and change what leaves unencrypted')
  }
  if (entry.action !== 'deny' && entry.starttls === 'may') {
    note('warning', [...path, 'starttls'], 'anyone on the way can take the offer of TLS away and read what follows')
  }
}

const keysOfDeny: readonly (keyof RuleEntry)[] = ['name', 'match', 'callers', 'action']

/** Defaults are filled in by now, and nobody wrote those. */
function isDefault(entry: RuleEntry, key: keyof RuleEntry): boolean {
  return key in defaults && entry[key] === defaults[key as keyof typeof defaults]
}

const defaults = { tlsPort: 443, plaintext: false, fixUps: false, starttls: 'must' } as const

/** First match wins, so a rule behind a wider one is dead; so is one behind several that cover it together. */
function lintOrder({ rules }: Policy, note: Note): void {
  for (const rule of rules) {
    const earlier = rules.slice(0, rule.index)
    const covering = rule.match.map((pattern) =>
      earlier.find(({ match, callers }) => callers === undefined && match.some((wide) => coversPattern(wide, pattern))),
    )
    for (const [index, cover] of covering.entries()) {
      if (cover === undefined) continue
      const place = ['spec', 'rules', rule.index, 'match', index]
      note('warning', place, `never matches: the rule ${cover.name} above takes all of it`)
    }
  }
}

function lintAddresses({ destinations }: Spec, note: Note): void {
  const { denyAddresses, allowAddresses } = destinations
  const path = ['spec', 'destinations', 'denyAddresses']
  if (denyAddresses.length === 0) {
    note('warning', path, 'denies nothing: a caller can reach this machine itself and the metadata of its cloud')
  }
  const deniesAll = denyAddresses.includes('0.0.0.0/0') && denyAddresses.includes('::/0')
  if (deniesAll && allowAddresses.length === 0) note('error', path, 'denies every address', [['spec', 'destinations']])
}
