import { SidecarError } from '../errors.ts'
import type { ListedException } from '../processes/control/watch/exception-list.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { composeFrom } from './compose-policy.ts'
import { stateFrom } from './instance.ts'
import { addSettingOptions, type SettingOptions } from './setting-options.ts'
import { showTable } from './show-table.ts'
import type { Terminal } from './terminal.ts'

/** `vedette exceptions`: of the running instance with their uses, or without one those of the policy. */
export const defineExceptions: DefineCommand = (command, { terminal }) => {
  addSettingOptions(command, ['state', 'policy', 'truststores', 'identities'])
  command.option('--json', 'print JSON')
  addExamples(command, ['exceptions', 'exceptions --policy new.yaml --json'])
  command.action(async (options: SettingOptions) => {
    const exceptions = await exceptionsOf(options, terminal)
    if (options.json) terminal.printJson(exceptions)
    else showExceptions(exceptions, terminal)
  })
}

async function exceptionsOf(options: SettingOptions, terminal: Terminal): Promise<readonly ListedException[]> {
  if (options.policy === undefined) {
    const { askControl } = await import('../processes/control/control-client.ts')
    try {
      return (await askControl('exceptions', {}, { state: await stateFrom(options, terminal) })).exceptions
    } catch (error) {
      if (!(error instanceof SidecarError) || error.code !== 'OPERATOR_NOT_RUNNING') throw error
      terminal.say(`${error.message}: these are the exceptions of the policy file, and nobody has counted their uses`)
    }
  }
  const { listExceptions } = await import('../processes/control/watch/exception-list.ts')
  const { snapshot } = await composeFrom(options, terminal)
  return listExceptions(snapshot.policy, { uses: undefined, nowMs: Date.now() })
}

function showExceptions(exceptions: readonly ListedException[], terminal: Terminal): void {
  const head = ['id', 'backend', 'findings', 'until', 'left', 'owner', 'used', 'last used', 'reason']
  showTable([head, ...exceptions.map((each) => cellsOf(each, terminal))], terminal)
  terminal.say(`${exceptions.length} ${exceptions.length === 1 ? 'exception' : 'exceptions'}`)
}

function cellsOf(exception: ListedException, terminal: Terminal): string[] {
  const { id, backend, findings, spkiSha256, until, owner, reason, uses, lastUsedMs } = exception
  const key = spkiSha256 === null ? '' : ` (key ${spkiSha256})`
  const used = uses === null ? '?' : String(uses)
  const last = lastUsedMs === null ? '-' : new Date(lastUsedMs).toISOString().replace(/\.\d+Z$/, 'Z')
  return [id, backend, findings.join(', ') + key, until, describeLeft(exception, terminal), owner, used, last, reason]
}

function describeLeft({ state, daysLeft }: ListedException, terminal: Terminal): string {
  if (state === 'over') return terminal.paint('red', 'over')
  const text = `${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`
  return state === 'holds' ? text : terminal.paint('yellow', text)
}
