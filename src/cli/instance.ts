/** The running instance as the commands see it: found by its state folder, asked over its control socket. */
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type { Applied, Progress } from '../processes/control/control-protocol.ts'
import type { TunnelFate } from '../settings/settings.ts'
import { addSettingOptions, type SettingOptions } from './setting-options.ts'
import { linesFrom, showProblems } from './show-problems.ts'
import type { Terminal } from './terminal.ts'

/** Adds the options that say which instance is meant. */
export function addInstanceOptions(command: Command): void {
  addSettingOptions(command, ['state'])
  command.option('--json', 'print JSON')
}

/** Finds the state folder of the instance that is meant. */
export async function stateFrom(options: SettingOptions, terminal: Terminal): Promise<string> {
  const { findState } = await import('./find-state.ts')
  return findState(options, terminal)
}

/** Names who changes something, for the record; the socket's file rights decide who may. */
export function author(): string {
  try {
    return userInfo().username
  } catch {
    // A container's user need not have a name.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

/** Adds the option that says what becomes of open connections the change would refuse. */
export function addTunnelsOption(command: Command): void {
  const option = command.createOption('--tunnels <fate>', 'open connections that it refuses: cut them now, or drain')
  command.addOption(option.choices(['cut', 'drain']))
}

/** What `--tunnels` adds to a request; nothing when it was not given, and the settings decide. */
export function tunnelsFrom({ tunnels }: SettingOptions): { readonly tunnels?: TunnelFate } {
  return tunnels === undefined ? {} : { tunnels: tunnels as TunnelFate }
}

/** Says each stage a change has passed, for whoever waits. */
export function sayProgress(terminal: Terminal): (progress: Progress) => void {
  return ({ stage, message, elapsedMs }) => {
    const time = `${Math.round(elapsedMs)} ms`
    terminal.say(
      `${terminal.paintSaid('green', '✓')} ${stage.padEnd(13)} ${message} ${terminal.paintSaid('dim', time)}`,
    )
  }
}

interface Shown {
  readonly terminal: Terminal
  readonly options: SettingOptions
}

/** Shows what came of a change: the version in force, warnings, and what is still awaited. */
export function showApplied(applied: Applied, { terminal, options }: Shown): void {
  if (options.json) return terminal.printJson(applied)
  const paint = terminal.paintSaid.bind(terminal)
  for (const line of showProblems(applied.warnings, { lineOf: linesFrom(new Map()), paint })) terminal.say(line)
  const { version, generation, unchanged, pending, backTo } = applied
  const text = backTo === undefined ? '' : `, with the text of version ${backTo}`
  if (unchanged) terminal.print(`version ${version} was in force already`)
  else {
    const time = `${Math.round(applied.elapsedMs)} ms`
    terminal.print(`version ${version} is in force${text} (generation ${generation}, ${time})`)
  }
  if (pending === undefined) {
    // Whoever asked for a trial must not think that there is one.
    const why = unchanged ? 'nothing has changed' : 'its text is the one that would come back'
    if (options.confirmWithin !== undefined) terminal.print(`it is not on trial: ${why}`)
    return
  }
  const deadline = new Date(pending.deadlineMs).toISOString()
  terminal.print(
    `version ${pending.revertTo} comes back at ${deadline} unless you run: vedette confirm${sameInstance(options)}`,
  )
}

/** The options that name the instance, as they were given: a command to be copied must find the same one. */
function sameInstance({ config, state }: SettingOptions): string {
  const given = { '--config': config, '--state': state }
  return Object.entries(given)
    .flatMap(([flag, value]) => (typeof value === 'string' ? [` ${flag} ${quoted(value)}`] : []))
    .join('')
}

function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
