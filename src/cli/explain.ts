import { asSidecarError, errorCodes, SidecarError } from '../errors.ts'
import { decideOn, type PassedOver, passedOver } from '../policy/decide-on.ts'
import type { RuleDescription } from '../policy/describe/describe-rule.ts'
import type { DeniedAddress } from '../policy/judge-destination.ts'
import type { Policy } from '../policy/policy.ts'
import type { Snapshot } from '../settings/snapshot.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addPolicyOptions, composeFrom } from './compose-policy.ts'
import { counted } from './counted.ts'
import { exitNameOf } from './exit-codes.ts'
import { exitNameFor, handshakeRecord, makeHandshake, showHandshake } from './handshake.ts'
import type { SettingOptions } from './setting-options.ts'
import { showHello } from './show-hello.ts'
import type { Terminal } from './terminal.ts'

/** `vedette explain DEST`: reads files and dials nothing, unless --connect asks for it. */
export const defineExplain: DefineCommand = (command, { terminal, exit }) => {
  command
    .argument('<destination>', 'host, host:port, http://… or https://…')
    .option('--connect', 'make the verifying handshake too, and say its verdict')
  addPolicyOptions(command)
  addExamples(command, ['explain mail.example.org', 'explain https://api.example.org:8443 --policy new.yaml --json'])
  command.action(async (text: string, options: SettingOptions) => {
    const { describeRule } = await import('../policy/describe/describe-rule.ts')
    const { deniedAddressOf, describeDenied } = await import('../policy/judge-destination.ts')
    const { snapshot } = await composeFrom(options, terminal)
    const { policy } = snapshot
    const decision = decideOn(policy, text)
    const denied = deniedAddressOf(policy.addresses, decision.destination)
    const explanation: Explanation = {
      policy: policy.name,
      ...describeRule(decision, { exceptions: policy.exceptions, nowMs: Date.now() }),
      passedOver: passedOver(policy, decision),
      trust: decision.rule.trustStores.map((name) => ({ name, certificates: certificatesIn(snapshot, name) })),
      addresses: policy.addresses,
      ...(denied === undefined
        ? {}
        : {
            allowed: false,
            reason: 'address-denied',
            deniedAddress: { ...denied, sentence: describeDenied(decision.destination, denied) },
          }),
    }
    const allowed = decision.allowed && explanation.deniedAddress === undefined
    if (!options.json) showExplanation(explanation, terminal)
    if (!allowed) exit('refused')
    if (!options.connect || !decision.allowed || !allowed) {
      if (options.json) terminal.printJson(explanation)
      return
    }
    // What needs no backend is told although there is none to be reached: as text before it is dialled, as JSON with what came of it.
    const handshake = await makeHandshake(snapshot, decision).catch((thrown: unknown) => {
      if (!options.json) throw thrown
      return asSidecarError(thrown)
    })
    if (handshake instanceof SidecarError) {
      const { code, message } = handshake
      terminal.printJson({ ...explanation, error: { code, message, hint: errorCodes[code].hint } })
      return exit(exitNameOf(code))
    }
    if (options.json) terminal.printJson({ ...explanation, handshake: handshakeRecord(handshake) })
    else showHandshake(handshake, terminal)
    exit(exitNameFor(handshake))
  })
}

interface Explanation extends Omit<RuleDescription, 'reason'> {
  readonly reason: RuleDescription['reason'] | 'address-denied'
  readonly policy: string
  readonly passedOver: readonly PassedOver[]
  readonly trust: readonly { readonly name: string; readonly certificates: number }[]
  readonly addresses: Policy['addresses']
  /** Present when the destination is an address, or localhost, and none that may be dialled. */
  readonly deniedAddress?: DeniedAddress & { readonly sentence: string }
}

function certificatesIn(snapshot: Snapshot, store: string): number {
  return snapshot.trust[store]?.certificates.length ?? 0
}

function showExplanation(explanation: Explanation, terminal: Terminal): void {
  const [decision = '', ...after] = explanation.sentences
  const { deniedAddress } = explanation
  if (deniedAddress !== undefined) terminal.print(terminal.paint('red', deniedAddress.sentence))
  if (deniedAddress === undefined) terminal.print(terminal.paint(explanation.allowed ? 'green' : 'red', decision))
  else terminal.print(`  By its rules alone: ${decision}`)
  for (const { rule, why } of explanation.passedOver) terminal.print(`  passed over the rule ${rule}: it ${why}`)
  if (!explanation.allowed) return
  for (const sentence of after) terminal.print(`  ${sentence}`)
  showHello(explanation.clientHello, terminal)
  for (const { name, certificates } of explanation.trust) {
    terminal.print(`  The trust store ${name} holds ${counted(certificates, 'certificate')}.`)
  }
  const { deny, allow } = explanation.addresses
  const except = allow.length === 0 ? '' : `, except ${allow.join(', ')}`
  terminal.print(`  Never dialled: ${deny.length === 0 ? 'no address is' : deny.join(', ')}${except}`)
}
