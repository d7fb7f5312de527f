import type { RuleDescription } from '../policy/describe-rule.ts'
import type { Policy } from '../policy/policy.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addPolicyOptions, composeFrom } from './compose-policy.ts'
import { decideOn, type PassedOver, passedOver } from './decide-on.ts'
import { exitNameFor, makeHandshake, showHandshake } from './handshake.ts'
import type { SettingOptions } from './setting-options.ts'
import type { Terminal } from './terminal.ts'

/** `vedette explain DEST`: reads files and dials nothing, unless --connect asks for it. */
export const defineExplain: DefineCommand = (command, { terminal, exit }) => {
  command
    .argument('<destination>', 'host, host:port, http://… or https://…')
    .option('--connect', 'make the verifying handshake too, and say its verdict')
  addPolicyOptions(command)
  addExamples(command, ['explain mail.example.org', 'explain https://api.example.org:8443 --policy new.yaml --json'])
  command.action(async (text: string, options: SettingOptions) => {
    const { describeRule } = await import('../policy/describe-rule.ts')
    const { snapshot } = await composeFrom(options, terminal)
    const { policy } = snapshot
    const decision = decideOn(policy, text)
    const explanation: Explanation = {
      policy: policy.name,
      ...describeRule(decision, policy.exceptions),
      passedOver: passedOver(policy, decision),
      trust: decision.rule.trustStores.map((name) => ({ name, certificates: certificatesIn(snapshot, name) })),
      addresses: policy.addresses,
    }
    const handshake = options.connect && decision.allowed ? await makeHandshake(snapshot, decision) : undefined
    if (options.json) terminal.printJson({ ...explanation, ...(handshake === undefined ? {} : { handshake }) })
    else showExplanation(explanation, terminal)
    if (handshake !== undefined && !options.json) showHandshake(handshake, terminal)
    if (!decision.allowed) exit('refused')
    else if (handshake !== undefined) exit(exitNameFor(handshake))
  })
}

interface Explanation extends RuleDescription {
  readonly policy: string
  readonly passedOver: readonly PassedOver[]
  readonly trust: readonly { readonly name: string; readonly certificates: number }[]
  readonly addresses: Policy['addresses']
}

function certificatesIn(snapshot: Snapshot, store: string): number {
  return snapshot.trust[store]?.certificates.length ?? 0
}

function showExplanation(explanation: Explanation, terminal: Terminal): void {
  const [decision = '', ...after] = explanation.sentences
  terminal.print(terminal.paint(explanation.allowed ? 'green' : 'red', decision))
  for (const { rule, why } of explanation.passedOver) terminal.print(`  passed over the rule ${rule}: it ${why}`)
  if (!explanation.allowed) return
  for (const sentence of after) terminal.print(`  ${sentence}`)
  terminal.print(`  Protocols: ${explanation.offer.protocols.join(', ')}`)
  terminal.print(`  Suites: ${explanation.offer.suites.map(({ iana }) => iana).join(', ')}`)
  for (const { name, certificates } of explanation.trust) {
    terminal.print(`  The trust store ${name} holds ${certificates} certificates.`)
  }
  const { deny, allow } = explanation.addresses
  const except = allow.length === 0 ? '' : `, except ${allow.join(', ')}`
  terminal.print(`  Never dialled: ${deny.length === 0 ? 'no address is' : deny.join(', ')}${except}`)
}
