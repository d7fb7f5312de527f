/**
 * From argv to an exit status. Nothing here, nor in any command, ends the process or touches its streams directly:
 * the terminal is passed in and the status handed back, so that a test can hold a whole conversation.
 */
import { Command, CommanderError } from 'commander'
import { asSidecarError, errorCodes, type SidecarError } from '../errors.ts'
import { didYouMean } from '../policy/document/did-you-mean.ts'
import type { Cli } from './cli.ts'
import { type CommandEntry, commands } from './commands.ts'
import { type ExitName, exitCodes, exitNameOf } from './exit-codes.ts'
import { linesFrom, showProblems } from './show-problems.ts'
import type { Terminal } from './terminal.ts'

/** Runs one command line (without `node` and the script) and answers with its exit status. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  let ended: ExitName = 'ok'
  const words = asCommand(argv)
  let name = commandIn(words)
  const cli: Cli = {
    terminal,
    exit: (name) => {
      ended = name
    },
  }
  try {
    const asked = name
    // Completion speaks of all commands, every other command of itself alone.
    const program = await buildProgram(cli, (entry) => entry.name === asked || asked === 'completion')
    name = wholeName(words, program)
    assertHelpKnown(words, program)
    await program.parseAsync([...words], { from: 'user' })
  } catch (error) {
    ended = reportError(error, { terminal, json: argv.includes('--json'), name })
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
    .addHelpText(
      'after',
      '\n  -V, --version prints what vedette version prints.\n\nExamples:\n  $ vedette demo\n  $ vedette explain api.example:443',
    )
  for (const entry of commands) {
    const command = program.command(entry.name).description(entry.summary).showHelpAfterError(hintFor(entry.name))
    if (!wanted(entry)) continue
    const define = await entry.load()
    define(command, cli)
    for (const part of command.commands) part.showHelpAfterError(hintFor(`${entry.name} ${part.name()}`))
  }
  return program
}

/** What everybody tries first to learn a version is a command here. */
function asCommand(argv: readonly string[]): readonly string[] {
  return argv[0] === '--version' || argv[0] === '-V' ? ['version', ...argv.slice(1)] : argv
}

/** Help about nothing would print the help of everything and call that a success. */
function assertHelpKnown([help, name]: readonly string[], program: Command): void {
  if (help !== 'help' || name === undefined || name.startsWith('-')) return
  const names = ['help', ...commands.map((entry) => entry.name)]
  if (!names.includes(name)) program.error(`error: unknown command '${name}'${didYouMean(name, names)}`)
}

/** The command with the part of it that was asked for: `token issue`. */
function wholeName(words: readonly string[], program: Command): string | undefined {
  const name = commandIn(words)
  const parts = program.commands.find((command) => command.name() === name)?.commands ?? []
  const part = parts.find((each) => words.includes(each.name()))
  return part === undefined ? name : `${name} ${part.name()}`
}

function hintFor(name: string | undefined): string {
  const known = commands.some((entry) => entry.name === name?.split(' ')[0])
  return `See vedette ${known ? `${name} ` : ''}--help.`
}

/** The command is the first word; there are no options before it but --help. `help X` loads X as well. */
function commandIn(argv: readonly string[]): string | undefined {
  const words = argv.filter((word) => !word.startsWith('-'))
  return words[0] === 'help' ? words[1] : words[0]
}

interface Asked {
  readonly terminal: Terminal
  readonly json: boolean
  readonly name: string | undefined
}

function reportError(error: unknown, { terminal, json, name }: Asked): ExitName {
  // Commander has already printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 'ok' : 'usage'
  const told = asSidecarError(error)
  const { code, message, details } = told
  const isUsage = code === 'OPERATOR_USAGE' || isAboutFlags(told)
  const hint = isUsage ? hintFor(name) : errorCodes[code].hint
  // One line, so that whoever reads a log of many lines can find it.
  if (json) terminal.print(JSON.stringify({ error: { code, message, hint, problems: details.problems } }))
  else sayError(told, { terminal, hint })
  return isUsage ? 'usage' : exitNameOf(code)
}

/** Flags are judged with the settings, and a bad one is a mistake of the command line all the same. */
function isAboutFlags({ code, details: { problems } }: SidecarError): boolean {
  if (code !== 'OPERATOR_BAD_DOCUMENT' || !Array.isArray(problems)) return false
  return problems.some(({ file }) => file === 'command line')
}

function sayError(error: SidecarError, { terminal, hint }: { terminal: Terminal; hint: string }): void {
  const { code, message, cause, details } = error
  const paint = terminal.paintSaid.bind(terminal)
  if (Array.isArray(details.problems)) {
    // The message is the first of them and how many more there are: all of them say it better.
    const shown = showProblems(details.problems, { lineOf: linesFrom(new Map()), paint })
    for (const line of shown) terminal.say(line)
  } else terminal.say(`${paint('red', 'error:')} ${message}`)
  terminal.say(paint('dim', `${code}: ${hint}`))
  // A bug of ours is only worth reporting with the place where it happened.
  if (code === 'INTERNAL_ERROR' && cause instanceof Error) terminal.say(cause.stack ?? '')
}
