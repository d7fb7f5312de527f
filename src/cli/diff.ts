import { existsSync } from 'node:fs'
import { SidecarError } from '../errors.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addInstanceOptions, stateFrom } from './instance.ts'
import { type NamedText, readDocument } from './read-document.ts'
import type { SettingOptions } from './setting-options.ts'
import type { Terminal } from './terminal.ts'

/** `vedette diff A B`. Versions are read from the history itself, so that a stopped instance can be looked at too. */
export const defineDiff: DefineCommand = (command, { terminal, exit }) => {
  command
    .argument('<a>', 'the number of a version, a file, or - for stdin')
    .argument('<b>', 'what to compare it with, named likewise')
  addInstanceOptions(command)
  addExamples(command, ['diff 7 8', 'diff 8 new-policy.yaml'])
  command.action(async (a: string, b: string, options: SettingOptions) => {
    const { diffText } = await import('../history/diff-text.ts')
    const one = await textOf(a, options, terminal)
    const other = await textOf(b, options, terminal)
    const diff = diffText(one.text, other.text, { a: one.file, b: other.file })
    if (options.json) terminal.printJson({ same: diff === '', diff })
    else terminal.stdout.write(colored(diff, terminal))
    exit(diff === '' ? 'ok' : 'failed')
  })
}

/** A file that has a number for its name is still there as `./8`. */
async function textOf(named: string, options: SettingOptions, terminal: Terminal): Promise<NamedText> {
  if (!/^[1-9]\d{0,8}$/.test(named)) return readDocument(named, terminal)
  const { closeHistory, historyFile, openHistory } = await import('../history/open-history.ts')
  const { versionByNumber } = await import('../history/versions.ts')
  const state = await stateFrom(options, terminal)
  // Opening makes what is missing, and a mistyped folder must not come into being because somebody asked about it.
  if (!existsSync(historyFile(state))) {
    throw new SidecarError('OPERATOR_FILE_UNREADABLE', `the state folder ${state} has no history`, {
      details: { state },
    })
  }
  const history = await openHistory(state)
  try {
    return { file: `version ${named}`, text: versionByNumber(history, Number(named)).text }
  } finally {
    closeHistory(history)
  }
}

const colors = { '+': 'green', '-': 'red', '@': 'cyan' } as const

function colored(diff: string, terminal: Terminal): string {
  return diff.replaceAll(/^([+@-]).*$/gm, (line, mark: keyof typeof colors) => terminal.paint(colors[mark], line))
}
