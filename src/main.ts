#!/usr/bin/env node
/**
 * The only module with side effects on import: it sees which role this process has and hands over to it. Everything
 * is imported late, so that a worker never loads what only a command needs.
 */
import { keepCompiledCode } from './processes/compile-cache.ts'
import { resolveOwnSourcesQuickly } from './processes/quick-imports.ts'

keepCompiledCode()
resolveOwnSourcesQuickly()
const argv = process.argv.slice(2)
switch (argv[0]) {
  case '--role=worker':
    ;(await import('./processes/worker/worker.ts')).startWorker()
    break
  case '--role=control':
    ;(await import('./processes/control/control.ts')).startControl()
    break
  default:
    process.exitCode = await runCommand()
}

async function runCommand(): Promise<number> {
  const { runCommandLine } = await import('./cli/command-line.ts')
  const { Terminal } = await import('./cli/terminal.ts')
  return runCommandLine(argv, new Terminal(process))
}
