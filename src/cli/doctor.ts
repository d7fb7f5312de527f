/**
 * `vedette doctor`: looks at the whole instance, files and running processes alike, and says of each part whether it is
 * well (✓), doubtful (‼) or bad (×), with what to do. It changes nothing.
 */

import { addExamples, type DefineCommand } from './cli.ts'
import type { Examined } from './examine-instance.ts'
import { addSettingOptions, lookOptionsFrom, type SettingOptions } from './setting-options.ts'

export const defineDoctor: DefineCommand = (command, { terminal, exit }) => {
  addSettingOptions(command, ['state'])
  command.option('--json', 'print JSON')
  addExamples(command, ['doctor', 'doctor --config /etc/vedette/vedette.yaml --json'])
  command.action(async (options: SettingOptions) => {
    const { examineInstance } = await import('./examine-instance.ts')
    const found: Examined[] = []
    for await (const one of examineInstance(lookOptionsFrom(options))) {
      found.push(one)
      if (options.json) continue
      const { sign, color } = marks[one.state]
      terminal.print(`${terminal.paint(color, sign)} ${one.name.padEnd(12)} ${one.finding}`)
      if (one.hint !== '') terminal.print(`  ${' '.repeat(12)} ${terminal.paint('dim', one.hint)}`)
    }
    if (options.json) terminal.printJson(found)
    exit(found.some(({ state }) => state === 'bad') ? 'failed' : 'ok')
  })
}

const marks = {
  well: { sign: '✓', color: 'green' },
  doubtful: { sign: '‼', color: 'yellow' },
  bad: { sign: '×', color: 'red' },
} as const
