import { productVersion } from '../settings/product-version.ts'
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
