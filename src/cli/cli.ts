import type { Command } from 'commander'
import type { ExitName } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

/** What a command is given: where to read and write, and how to say how it ended. */
export interface Cli {
  readonly terminal: Terminal
  /** Sets the exit status; a command that says nothing has succeeded. */
  exit(name: ExitName): void
}

/** A file of a command exports this: it adds arguments, options, examples and the action. */
export type DefineCommand = (command: Command, cli: Cli) => void

/** Adds examples to a command's help; every command has at least two, and a test parses each. */
export function addExamples(command: Command, examples: readonly string[]): void {
  command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ vedette ${line}`).join('\n')}`)
}
