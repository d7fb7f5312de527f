/**
 * Choosing an anchor from what a backend shows. Whoever sits between us and the backend could show a chain of their own,
 * so nothing is taken at sight: the fingerprint of the one to trust has to be given, by somebody who knows it from
 * elsewhere. The backend is dialled under the policy's rules for destinations and addresses, and nothing is sent to it.
 */
import type crypto from 'node:crypto'
import { SidecarError } from '../errors.ts'
import { decideOn } from '../policy/decide-on.ts'
import { parsePolicy } from '../policy/document/parse-policy.ts'
import type { Rule } from '../policy/policy.ts'
import type { Settings } from '../settings/settings.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import { makeHandshake } from './handshake.ts'
import { readDocument, shortPath } from './read-document.ts'
import { lookOptionsFrom, type SettingOptions } from './setting-options.ts'
import { describeChain, showChain } from './show-chain.ts'
import type { Terminal } from './terminal.ts'

interface Chooser {
  readonly options: SettingOptions
  readonly terminal: Terminal
}

/** Shows the chain of a backend and gives the one certificate whose fingerprint is confirmed; all of it in a dry run. */
export async function chooseFrom(
  backend: string,
  { options, terminal }: Chooser,
): Promise<readonly crypto.X509Certificate[]> {
  const chain = await look(backend, { options, terminal })
  const shown = describeChain(chain)
  if (!options.json) showChain(shown, terminal)
  if (options.dryRun === true && options.sha256 === undefined) return chain
  const wanted = fingerprintOf(options.sha256 ?? (await ask(backend, terminal)))
  const chosen = chain.find((_, index) => shown[index]?.sha256 === wanted)
  if (chosen !== undefined) return [chosen]
  const message = `${backend} showed no certificate with the SHA-256 ${wanted}: nothing was added`
  throw new SidecarError('OPERATOR_USAGE', message)
}

async function look(backend: string, { options, terminal }: Chooser): Promise<readonly crypto.X509Certificate[]> {
  const { loadSettings } = await import('../settings/load-settings.ts')
  const { settings } = loadSettings(lookOptionsFrom(options))
  const { text, file } = await readDocument(options.policy === '-' ? '-' : shortPath(settings.policy), terminal)
  const { policy } = parsePolicy(text, { file })
  const decision = decideOn(policy, backend)
  if (!decision.allowed) {
    const message = `${decision.destination.authority} is denied by the rule ${decision.rule.name} of the policy`
    throw new SidecarError(decision.reason === 'rule-denies' ? 'POLICY_RULE_DENIES' : 'POLICY_UNLISTED', message)
  }
  const rule = onlyLooking(decision.rule)
  const snapshot = await snapshotFor({ ...policy, rules: [], unlisted: rule }, settings)
  const { presentedChain } = await makeHandshake(snapshot, { ...decision, rule })
  if (presentedChain.length > 0) return presentedChain
  throw new SidecarError('BACKEND_HANDSHAKE_FAILED', `${decision.destination.authority} showed no certificate`)
}

/** The rule as it is dialled by, trusting nobody and refusing nothing: the store to fill may not be there yet. */
function onlyLooking({ clientCertificate: _, ...rule }: Rule): Rule {
  return { ...rule, trustStores: [], strict: true, enforcement: 'report', plaintext: false, pins: null }
}

async function snapshotFor(policy: Snapshot['policy'], settings: Settings): Promise<Snapshot> {
  const { emptyPool } = await import('../truststore/intermediate-pool.ts')
  const empty = { trust: {}, identities: {}, intermediates: emptyPool }
  return { generation: 0, version: 0, policySha256: '', settings, policy, ...empty }
}

async function ask(backend: string, terminal: Terminal): Promise<string> {
  const answer = await terminal.ask('SHA-256 of the one to trust, as its owner told you: ')
  if (answer !== undefined) return answer
  const message = `nobody is here to confirm what ${backend} showed: say which one with --sha256, as its owner told you`
  throw new SidecarError('OPERATOR_USAGE', message)
}

/** In hex, with or without the colons that other tools write. */
function fingerprintOf(text: unknown): string {
  const bare = String(text).trim().replaceAll(':', '').toLowerCase()
  if (/^[0-9a-f]{64}$/.test(bare)) return bare
  const message = `a SHA-256 fingerprint has 64 hex digits, found ${JSON.stringify(String(text).slice(0, 80))}`
  throw new SidecarError('OPERATOR_USAGE', message)
}
