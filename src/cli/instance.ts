/** The running instance as the commands see it: found by its state folder, asked over its control socket. */
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type { Applied, Progress } from '../processes/control-protocol.ts'
import { addSettingOptions, loadOptionsFrom, type SettingOptions } from './setting-options.ts'
import { linesFrom, showProblems } from './show-problems.ts'
import type { Terminal } from './terminal.ts'

/** Adds the options that say which instance is meant. */
export function addInstanceOptions(command: Command): void {
  addSettingOptions(command, ['state'])
  command.option('--json', 'print JSON')
}

/** Finds the state folder of the instance that is meant. */
export async function stateFrom(options: SettingOptions): Promise<string> {
  const { loadSettings } = await import('../settings/load-settings.ts')
  return loadSettings(loadOptionsFrom(options)).settings.state
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

/** Says each stage a change has passed, for whoever waits. */
export function sayProgress(terminal: Terminal): (progress: Progress) => void {
  return ({ stage, message, elapsedMs }) => {
    const time = `${Math.round(elapsedMs)} ms`
    terminal.say(
      `${terminal.paintSaid('green', '✓')} ${stage.padEnd(13)} ${message} ${terminal.paintSaid('dim', time)}`,
    )
  }
}

/** Shows what came of a change: the version in force, warnings, and what is still awaited. */
export function showApplied(applied: Applied, { terminal, json }: { terminal: Terminal; json: boolean }): void {
  if (json) return terminal.printJson(applied)
  const paint = terminal.paintSaid.bind(terminal)
  for (const line of showProblems(applied.warnings, { lineOf: linesFrom(new Map()), paint })) terminal.say(line)
  const { version, generation, unchanged, pending } = applied
  if (unchanged) terminal.print(`version ${version} was in force already`)
  else terminal.print(`version ${version} is in force (generation ${generation}, ${Math.round(applied.elapsedMs)} ms)`)
  if (pending === undefined) return
  const deadline = new Date(pending.deadlineMs).toISOString()
  terminal.print(`version ${pending.revertTo} comes back at ${deadline} unless you run: vedette confirm`)
}
