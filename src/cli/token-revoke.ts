import { addExamples, type DefineCommand } from './cli.ts'
import { recordToken } from './record-token.ts'
import { tokenPlaceFrom } from './token-place.ts'

/** `vedette token revoke ID`: workers see it with the next request; tunnels that are open go on. */
export const defineTokenRevoke: DefineCommand = (command, { terminal }) => {
  command.argument('<id>', 'the id that issue and inspect show, and the log')
  addExamples(command, [
    'token revoke t8mq5r-T0gk3Zq9W1b7f2nXcVhJsA',
    'token revoke t8mq5r-T0gk3Zq9W1b7f2nXcVhJsA --json',
  ])
  command.action(async (id: string) => {
    const options = command.optsWithGlobals()
    const { service, state } = await tokenPlaceFrom(options)
    const { TokenMarks } = await import('../token/token-marks.ts')
    const isNew = await new TokenMarks(state).add(id)
    // The mark comes first: a record that cannot be written must not keep a token alive.
    await recordToken({ done: 'revoked', service, token: id, ...(isNew ? {} : { remarks: 'no news' }) }, { state })
    if (options.json) return terminal.printJson({ id, revoked: true, before: !isNew })
    terminal.say(isNew ? `${id} is not taken any more` : `${id} was revoked or spent already`)
  })
}
