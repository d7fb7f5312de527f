import { Option } from 'commander'
import { decideOn } from '../policy/decide-on.ts'
import { type StarttlsProtocol, starttlsProtocols } from '../settings/service.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addPolicyOptions, composeFrom } from './compose-policy.ts'
import { exitNameFor, handshakeRecord, makeHandshake, showHandshake } from './handshake.ts'
import { makeMatrix, showMatrix } from './matrix.ts'
import type { SettingOptions } from './setting-options.ts'

/** `vedette probe DEST`: dials the destination from here, under the policy, without a running instance. */
export const defineProbe: DefineCommand = (command, { terminal, exit }) => {
  command.argument('<destination>', 'host, host:port or https://…')
  command.option('--matrix', 'try out what it accepts, one handshake after the other: at most 120, within a minute')
  addPolicyOptions(command)
  const starttls = new Option('--starttls <protocol>', 'ask for TLS in the words of this protocol first')
  command.addOption(starttls.choices(starttlsProtocols))
  addExamples(command, [
    'probe mail.example.org',
    'probe mail.example.org:587 --starttls smtp',
    'probe old.example.org --matrix',
    'probe mail.example.org:587 --starttls smtp --matrix',
    'probe api.example.org:8443 --policy policies/stig-tls12.yaml --json',
  ])
  command.action(async (text: string, options: SettingOptions) => {
    const starttls = options.starttls as StarttlsProtocol | undefined
    const { snapshot } = await composeFrom(options, terminal)
    const decision = decideOn(snapshot.policy, text)
    const { authority } = decision.destination
    if (!decision.allowed) {
      if (options.json) terminal.printJson({ destination: authority, allowed: false, rule: decision.rule.name })
      else terminal.print(`${authority} is denied by the policy; vedette explain ${authority} says why`)
      return exit('refused')
    }
    if (options.matrix) {
      const matrix = await makeMatrix({ snapshot, decision, starttls })
      const { suggestRule } = await import('../backend/suggest-rule.ts')
      const rule = suggestRule(matrix, decision.destination)
      if (options.json) terminal.printJson({ destination: authority, ...matrix, tightest: rule })
      else showMatrix(matrix, rule, terminal)
      return exit(matrix.protocols.length > 0 ? 'ok' : 'refused')
    }
    const handshake = await makeHandshake(snapshot, decision, starttls)
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
