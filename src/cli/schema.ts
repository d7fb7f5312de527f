import { Argument } from 'commander'
import { addExamples, type DefineCommand } from './cli.ts'

/** `vedette schema`: the output is JSON already, so --json changes nothing. */
export const defineSchema: DefineCommand = (command, { terminal }) => {
  command
    .addArgument(new Argument('[document]', 'which document').choices(['policy', 'settings']).default('policy'))
    .option('--json', 'print JSON, as always')
  addExamples(command, ['schema > policies/policy.schema.json', 'schema settings'])
  command.action(async (document: 'policy' | 'settings') => {
    const schema =
      document === 'policy'
        ? (await import('../policy/json-schema.ts')).policyJsonSchema()
        : (await import('../settings/schema.ts')).settingsJsonSchema()
    terminal.printJson(schema)
  })
}
