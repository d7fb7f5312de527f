import { SidecarError } from '../errors.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import {
  addInstanceOptions,
  addTunnelsOption,
  author,
  sayProgress,
  showApplied,
  stateFrom,
  tunnelsFrom,
} from './instance.ts'
import { type NamedText, readDocument } from './read-document.ts'
import type { Terminal } from './terminal.ts'
import { addTrialOptions, trialFrom } from './trial-options.ts'
import { parseVersion } from './version-number.ts'

interface ApplyOptions extends Readonly<Record<string, unknown>> {
  readonly comment: string
  readonly ifVersion?: string
  readonly rehearse?: true
  readonly anyway?: true
  readonly json?: true
}

/** `vedette apply FILE`. */
export const defineApply: DefineCommand = (command, { terminal, exit }) => {
  command
    .argument('<file>', 'the policy to put into force; - reads stdin')
    .option('--comment <text>', 'why, for the history', '')
    .option('--if-version <number>', 'only if this version is still in force')
    .option('--rehearse', 'try it against every backend known first; exits 10 when it would break one')
    .option('--anyway', 'with --rehearse: apply it although something would break')
  addTrialOptions(command)
  addTunnelsOption(command)
  addInstanceOptions(command)
  addExamples(command, [
    'apply policy.yaml --rehearse',
    'apply policy.yaml --comment "trust the new mail server"',
    'apply without-corp.yaml --tunnels cut',
    'apply - --if-version 8 --confirm-within 5m --revert-on-refusals 0.2 < policy.yaml',
  ])
  command.action(async (file: string, options: ApplyOptions) => {
    const { askControl } = await import('../processes/control/control-client.ts')
    const conditions = await conditionsOf(options)
    const candidate = await readDocument(file, terminal)
    const rehearsed = options.rehearse ? await rehearseFirst(candidate, { terminal, options }) : undefined
    if (rehearsed?.stops) return exit('refused')
    const request = {
      ...candidate,
      author: author(),
      comment: options.comment,
      ...rehearsed?.conditions,
      ...conditions,
      ...tunnelsFrom(options),
    }
    const progress = sayProgress(terminal)
    const applied = await askControl('apply', request, { state: await stateFrom(options, terminal), progress })
    showApplied(applied, { terminal, options })
  })
}

interface Scene {
  readonly terminal: Terminal
  readonly options: ApplyOptions
}

/** What was rehearsed holds for the version in force at that moment only, so the change is asked for on top of that one. */
async function rehearseFirst(candidate: NamedText, { terminal, options }: Scene) {
  const { rehearseInInstance, showRehearsalOf } = await import('./rehearse.ts')
  const rehearsal = await rehearseInInstance(candidate, { terminal, options })
  const { counts, against } = rehearsal
  const stops = counts.breaks > 0 && !options.anyway
  if (stops && options.json) terminal.printJson(rehearsal)
  if (!options.json) showRehearsalOf(candidate, rehearsal, terminal)
  if (stops) terminal.say(`nothing was applied: ${counts.breaks} would break; --anyway applies it all the same`)
  return { stops, conditions: against === null ? {} : { ifVersion: against } }
}

async function conditionsOf({ ifVersion, rehearse, anyway, ...trial }: ApplyOptions) {
  if (anyway && !rehearse) throw new SidecarError('OPERATOR_USAGE', '--anyway needs --rehearse: in spite of what?')
  return {
    ...(ifVersion === undefined ? {} : { ifVersion: parseVersion('--if-version', ifVersion) }),
    ...(await trialFrom(trial)),
  }
}
