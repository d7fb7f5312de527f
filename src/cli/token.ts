import { addExamples, type DefineCommand } from './cli.ts'
import { addSettingOptions } from './setting-options.ts'
import { defineTokenInspect } from './token-inspect.ts'
import { defineTokenIssue } from './token-issue.ts'
import { defineTokenRevoke } from './token-revoke.ts'
import { defineTokenRotate } from './token-rotate.ts'

const parts: readonly (readonly [name: string, summary: string, define: DefineCommand])[] = [
  ['issue', 'make a token that leads through a tunnel to one destination', defineTokenIssue],
  [
    'inspect',
    'show what a token says and whether it would be taken; the token comes from a file or stdin',
    defineTokenInspect,
  ],
  ['revoke', 'make a token useless at once, by its id', defineTokenRevoke],
  ['rotate', 'make a new key to issue with; those before are taken for a while longer', defineTokenRotate],
]

/** `vedette token`: leave to open tunnels. It works on files alone: no instance has to run here. */
export const defineToken: DefineCommand = (command, cli) => {
  addSettingOptions(command, ['identities', 'state'])
  command.option('--service <name>', 'the service it is for; the only one that takes tokens')
  command.option('--json', 'print JSON')
  command.configureHelp({ showGlobalOptions: true })
  addExamples(command, ['token inspect token.txt', 'token revoke t8mq5r-T0gk3Zq9W1b7f2nXcVhJsA'])
  for (const [name, summary, define] of parts) define(command.command(name).description(summary), cli)
}
