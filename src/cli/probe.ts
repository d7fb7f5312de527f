import { addExamples, type DefineCommand } from './cli.ts'
import { addPolicyOptions, composeFrom } from './compose-policy.ts'
import { decideOn } from './decide-on.ts'
import { exitNameFor, handshakeRecord, makeHandshake, showHandshake } from './handshake.ts'
import type { SettingOptions } from './setting-options.ts'

/** `vedette probe DEST`: dials the destination from here, under the policy, without a running instance. */
export const defineProbe: DefineCommand = (command, { terminal, exit }) => {
  command.argument('<destination>', 'host, host:port or https://…')
  addPolicyOptions(command)
  addExamples(command, [
    'probe mail.example.org',
    'probe api.example.org:8443 --policy policies/stig-tls12.yaml --json',
  ])
  command.action(async (text: string, options: SettingOptions) => {
    const { snapshot } = await composeFrom(options, terminal)
    const decision = decideOn(snapshot.policy, text)
    const { authority } = decision.destination
    if (!decision.allowed) {
      if (options.json) terminal.printJson({ destination: authority, allowed: false, rule: decision.rule.name })
      else terminal.print(`${authority} is denied by the policy; vedette explain ${authority} says why`)
      return exit('refused')
    }
    const handshake = await makeHandshake(snapshot, decision)
    if (options.json)
      terminal.printJson({
        destination: authority,
        allowed: true,
        rule: decision.rule.name,
        ...handshakeRecord(handshake),
      })
    else showHandshake(handshake, terminal)
    exit(exitNameFor(handshake))
  })
}
