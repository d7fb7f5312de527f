import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { Argument } from 'commander'
import { SidecarError } from '../errors.ts'
import type { Imported } from '../importer/import-document.ts'
import type { ReadFiles } from '../importer/importer.ts'
import { type ImportKind, kindNames, kinds } from '../importer/kinds.ts'
import { type ReportLine, results } from '../importer/report.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { counted } from './counted.ts'
import { readDocument } from './read-document.ts'
import type { Terminal } from './terminal.ts'

/** `vedette import KIND FILE`: the policy goes to stdout, the report to stderr; dangerous lines are marked, not an error. */
export const defineImport: DefineCommand = (command, { terminal }) => {
  command
    .addArgument(new Argument('<kind>', 'what the file is').choices(kindNames))
    .argument('<file>', 'the file to import, or - for stdin')
    .option('--services', 'print vedette.yaml with the services of the document instead of the policy')
    .option('--json', 'print policy, services and report as JSON')
  addExamples(command, [
    'import stunnel /etc/stunnel/stunnel.conf > policy.yaml',
    'import stunnel stunnel.conf --services',
  ])
  command.addHelpText(
    'after',
    `\nKinds:\n${kindNames.map((kind) => `  ${kind.padEnd(9)} ${kinds[kind].says}`).join('\n')}`,
  )
  command.action(
    async (kind: ImportKind, file: string, options: { readonly json?: boolean; readonly services?: boolean }) => {
      const { importDocument } = await import('../importer/import-document.ts')
      const source = await readDocument(file, terminal)
      const read = readerBeside(file === '-' ? '.' : path.dirname(file))
      const imported = importDocument(source, { kind, importer: await kinds[kind].load(), read })
      if (options.json) terminal.printJson({ ...imported, counts: countsOf(imported.report) })
      else {
        showReport(imported, terminal)
        terminal.stdout.write(options.services ? servicesOf(imported, file) : imported.policy)
        if (imported.settings !== undefined && !options.services)
          terminal.say('it has services: --services prints them')
      }
    },
  )
}

function servicesOf({ settings }: Imported, file: string): string {
  if (settings !== undefined) return settings
  throw new SidecarError('OPERATOR_USAGE', `${file} has no service that could be written`)
}

/** Documents name other files from where they stand. What cannot be read is the importer's to report. */
function readerBeside(folder: string): ReadFiles {
  return (named) => {
    const at = path.resolve(folder, named)
    try {
      if (!statSync(at).isDirectory()) return [readSmall(at)].flatMap((each) => each ?? [])
      const names = readdirSync(at).toSorted()
      return names.flatMap((name) => readSmall(path.join(at, name)) ?? [])
    } catch {
      return []
    }
  }
}

/** Settings are small; a device or a huge file named by mistake must not stop the import. */
function readSmall(file: string): { file: string; text: string } | undefined {
  const status = statSync(file)
  if (!status.isFile() || status.size > fileBytesMax) return undefined
  return { file, text: readFileSync(file, 'utf8') }
}

const fileBytesMax = 4_194_304

const colors = { taken: 'green', changed: 'yellow', ignored: 'dim', dangerous: 'red' } as const

function showReport({ report, warnings }: Imported, terminal: Terminal): void {
  let shown = ''
  for (const { file, line, text, result, says } of report) {
    const head = `${file}:${line} ${printable(text)}`
    if (head !== shown) terminal.say(head)
    shown = head
    terminal.say(`  ${terminal.paintSaid(colors[result], result)}: ${printable(says)}`)
  }
  const counts = countsOf(report)
  terminal.say(results.map((result) => `${counts[result]} ${result}`).join(', '))
  if (warnings.length > 0) terminal.say(`vedette check has ${counted(warnings.length, 'warning')} for the policy`)
}

function countsOf(report: readonly ReportLine[]): Record<string, number> {
  return Object.fromEntries(results.map((result) => [result, report.filter((each) => each.result === result).length]))
}

/** The lines come from a file, and nothing in a file may act on somebody's terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
}
