import { asSidecarError } from '../errors.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { readDocument } from './read-document.ts'
import { tokenPlaceFrom } from './token-place.ts'

/** `vedette token inspect [FILE]`: never on the command line, where others could read it. */
export const defineTokenInspect: DefineCommand = (command, { terminal, exit }) => {
  command.argument('[file]', 'a file with the token; - is stdin', '-')
  addExamples(command, ['token inspect token.txt', 'token inspect - --json'])
  command.action(async (file: string) => {
    const options = command.optsWithGlobals()
    const place = await tokenPlaceFrom(options)
    const { readKeys } = await import('../token/key-folder.ts')
    const { takingHalf } = await import('../token/token-key.ts')
    const { makeKeyRing, readToken } = await import('../token/read-token.ts')
    const { TokenMarks } = await import('../token/token-marks.ts')
    const keys = makeKeyRing((await readKeys(place.identities, place.tokens.keys)).map(takingHalf))
    const text = (await readDocument(file, terminal)).text.trim()
    try {
      const token = await readToken(text, { keys, audience: place.service, nowMs: Date.now() })
      const isMarked = await new TokenMarks(place.state).has(token.id)
      const until = new Date(token.expiresMs).toISOString()
      if (options.json) terminal.printJson({ ...token, until, taken: !isMarked })
      else {
        terminal.print(`${token.id}: ${token.subject} to ${token.to} through ${token.audience} until ${until}`)
        if (token.once) terminal.print('for one tunnel')
        if (token.innerNames === 'unchecked') terminal.print('the server name inside is not checked')
        terminal.say(isMarked ? 'revoked, or spent: it is not taken' : 'it is taken')
      }
      if (isMarked) exit('refused')
    } catch (thrown) {
      const error = asSidecarError(thrown)
      if (error.code !== 'CALLER_TOKEN_REFUSED') throw error
      if (options.json) terminal.printJson({ taken: false, reason: error.message })
      else terminal.say(`${error.message}: it is not taken`)
      exit('refused')
    }
  })
}
