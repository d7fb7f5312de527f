import { Argument } from 'commander'
import { productVersion } from '../settings/product-version.ts'
import { addExamples, type DefineCommand } from './cli.ts'

/** `vedette schema`: the output is JSON already, so --json changes nothing. */
export const defineSchema: DefineCommand = (command, { terminal }) => {
  command
    .addArgument(new Argument('[document]', 'which document').choices(['policy', 'settings', 'api']).default('policy'))
    .option('--json', 'print JSON, as always')
  addExamples(command, ['schema > policies/policy.schema.json', 'schema settings', 'schema api'])
  command.action(async (document: keyof typeof schemas) => {
    terminal.printJson(await schemas[document]())
  })
}

const schemas = {
  policy: async () => (await import('../policy/document/json-schema.ts')).policyJsonSchema(),
  settings: async () => (await import('../settings/schema.ts')).settingsJsonSchema(),
  api: async () => (await import('../admin/openapi.ts')).openApi(productVersion()),
} as const
