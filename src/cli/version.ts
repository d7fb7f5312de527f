import { readFileSync } from 'node:fs'
import { addExamples, type DefineCommand } from './cli.ts'

/** `vedette version`. */
export const defineVersion: DefineCommand = (command, { terminal }) => {
  command.option('--json', 'print JSON')
  addExamples(command, ['version', 'version --json'])
  command.action((options: { json?: true }) => {
    const versions = { vedette: productVersion(), node: process.versions.node, openssl: process.versions.openssl }
    if (options.json) terminal.printJson(versions)
    else terminal.print(`vedette ${versions.vedette} (Node ${versions.node}, OpenSSL ${versions.openssl})`)
  })
}

function productVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
