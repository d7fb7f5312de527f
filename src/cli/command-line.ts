/**
 * From argv to an exit status. Nothing here, nor in any command, ends the process or touches its streams directly:
 * the terminal is passed in and the status handed back, so that a test can hold a whole conversation.
 */
import { Command, CommanderError } from 'commander'
import { asSidecarError, errorCodes, type SidecarError } from '../errors.ts'
import type { Cli } from './cli.ts'
import { type CommandEntry, commands } from './commands.ts'
import { type ExitName, exitCodes, exitNameOf } from './exit-codes.ts'
import { linesFrom, showProblems } from './show-problems.ts'
import type { Terminal } from './terminal.ts'

/** Runs one command line (without `node` and the script) and answers with its exit status. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  let ended: ExitName = 'ok'
  const cli: Cli = {
    terminal,
    exit: (name) => {
      ended = name
    },
  }
  try {
    const asked = commandIn(argv)
    // Completion speaks of all commands, every other command of itself alone.
    const program = await buildProgram(cli, ({ name }) => name === asked || asked === 'completion')
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    ended = reportError(error, { terminal, json: argv.includes('--json') })
  }
  return exitCodes[ended].status
}

/** Builds the command tree; commands that are not wanted are listed with their summary but not loaded. */
export async function buildProgram(cli: Cli, wanted: (entry: CommandEntry) => boolean): Promise<Command> {
  const program = new Command('vedette')
    .description('An outgoing-TLS policy sidecar: a connection leaves only under a versioned TLS policy.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.terminal.stdout.write(text),
      writeErr: (text) => cli.terminal.stderr.write(text),
    })
    .addHelpText('after', '\nExamples:\n  $ vedette demo\n  $ vedette explain api.example:443')
  for (const entry of commands) {
    const command = program.command(entry.name).description(entry.summary)
    if (!wanted(entry)) continue
    const define = await entry.load()
    define(command, cli)
  }
  return program
}

/** The command is the first word; there are no options before it but --help. `help X` loads X as well. */
function commandIn(argv: readonly string[]): string | undefined {
  const words = argv.filter((word) => !word.startsWith('-'))
  return words[0] === 'help' ? words[1] : words[0]
}

function reportError(error: unknown, { terminal, json }: { terminal: Terminal; json: boolean }): ExitName {
  // Commander has already printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 'ok' : 'usage'
  const told = asSidecarError(error)
  const { code, message, details } = told
  const { hint } = errorCodes[code]
  // One line, so that whoever reads a log of many lines can find it.
  if (json) terminal.print(JSON.stringify({ error: { code, message, hint, problems: details.problems } }))
  else sayError(told, terminal)
  return exitNameOf(code)
}

function sayError(error: SidecarError, terminal: Terminal): void {
  const { code, message, cause, details } = error
  const paint = terminal.paintSaid.bind(terminal)
  if (Array.isArray(details.problems)) {
    // The message is the first of them and how many more there are: all of them say it better.
    const shown = showProblems(details.problems, { lineOf: linesFrom(new Map()), paint })
    for (const line of shown) terminal.say(line)
  } else terminal.say(`${paint('red', 'error:')} ${message}`)
  terminal.say(paint('dim', `${code}: ${errorCodes[code].hint}`))
  // A bug of ours is only worth reporting with the place where it happened.
  if (code === 'INTERNAL_ERROR' && cause instanceof Error) terminal.say(cause.stack ?? '')
}
