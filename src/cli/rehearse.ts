import { SidecarError } from '../errors.ts'
import type { CandidateRehearsal } from '../processes/control/trials/rehearse-candidate.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { composePolicy } from './compose-policy.ts'
import { sayProgress, stateFrom } from './instance.ts'
import { type NamedText, readDocument, shortPath } from './read-document.ts'
import { addSettingOptions, lookOptionsFrom, type SettingOptions } from './setting-options.ts'
import { linesFrom, showProblems } from './show-problems.ts'
import { showRehearsal } from './show-rehearsal.ts'
import type { Terminal } from './terminal.ts'

/** `vedette rehearse FILE`: in the running instance, or without one from here. */
export const defineRehearse: DefineCommand = (command, { terminal, exit }) => {
  command.argument('<file>', 'the candidate policy; - reads stdin')
  addSettingOptions(command, ['state', 'policy', 'truststores', 'identities'])
  command.option('--json', 'print JSON')
  addExamples(command, ['rehearse new.yaml', 'rehearse - --json < new.yaml'])
  command.action(async (file: string, options: SettingOptions) => {
    const candidate = await readDocument(file, terminal)
    const rehearsal = await rehearseAnywhere(candidate, { options, terminal })
    if (options.json) terminal.printJson(rehearsal)
    else showRehearsalOf(candidate, rehearsal, terminal)
    exit(rehearsal.counts.breaks > 0 ? 'refused' : 'ok')
  })
}

interface Scene {
  readonly options: SettingOptions
  readonly terminal: Terminal
}

/** Asks the running instance to rehearse a candidate, with its trust stores and all it has seen. */
export async function rehearseInInstance(
  candidate: NamedText,
  { options, terminal }: Scene,
): Promise<CandidateRehearsal> {
  const { askControl } = await import('../processes/control/control-client.ts')
  const state = await stateFrom(options, terminal)
  return askControl('rehearse', { ...candidate }, { state, progress: sayProgress(terminal) })
}

/** Shows a rehearsal with the warnings about its text. */
export function showRehearsalOf(candidate: NamedText, rehearsal: CandidateRehearsal, terminal: Terminal): void {
  const lineOf = linesFrom(new Map([[candidate.file, candidate.text]]))
  const paint = terminal.paintSaid.bind(terminal)
  for (const line of showProblems(rehearsal.warnings, { lineOf, paint })) terminal.say(line)
  showRehearsal(rehearsal, terminal)
}

async function rehearseAnywhere(candidate: NamedText, scene: Scene): Promise<CandidateRehearsal> {
  try {
    return await rehearseInInstance(candidate, scene)
  } catch (error) {
    if (!(error instanceof SidecarError) || error.code !== 'OPERATOR_NOT_RUNNING') throw error
    scene.terminal.say(`${error.message}: only backends that a policy names are tried, from here`)
    return rehearseHere(candidate, scene)
  }
}

/** Without an instance the policy file stands for what is in force; one that is not there or bad is no reference. */
async function rehearseHere(candidate: NamedText, { options, terminal }: Scene): Promise<CandidateRehearsal> {
  const { loadSettings } = await import('../settings/load-settings.ts')
  const { rehearsalList } = await import('../processes/control/trials/rehearsal-list.ts')
  const { rehearse } = await import('../processes/control/trials/rehearse.ts')
  const { settings } = loadSettings(lookOptionsFrom(options))
  const { snapshot, warnings } = await composePolicy(candidate, settings)
  const active = await readDocument(shortPath(settings.policy), terminal)
    .then((named) => composePolicy(named, settings))
    .then((composition) => composition.snapshot)
    .catch((error: Error) => void terminal.say(`there is nothing to hold it against: ${error.message}`))
  const policies = active === undefined ? [snapshot.policy] : [snapshot.policy, active.policy]
  const destinations = rehearsalList({ policies, services: settings.services })
  const rehearsal = await rehearse(snapshot, { destinations, active: active ?? undefined })
  return { ...rehearsal, against: null, warnings }
}
