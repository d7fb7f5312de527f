import { addExamples, type DefineCommand } from './cli.ts'
import { recordToken } from './record-token.ts'
import type { SettingOptions } from './setting-options.ts'
import { tokenPlaceFrom } from './token-place.ts'

/** `vedette token rotate`: a running instance notices the new key by itself. */
export const defineTokenRotate: DefineCommand = (command, { terminal }) => {
  command.option('--overlap <duration>', 'how long a key is taken after it was replaced', '24h')
  addExamples(command, ['token rotate', 'token rotate --overlap 1h'])
  command.action(async () => {
    const options = command.optsWithGlobals<SettingOptions & { overlap: string }>()
    const { identities, tokens, service, state } = await tokenPlaceFrom(options)
    const { parseDuration } = await import('../policy/document/duration.ts')
    const { rotateKeys } = await import('../token/key-folder.ts')
    const overlapMs = parseDuration(options.overlap)
    const { key, removed } = await rotateKeys(identities, tokens.keys, { nowMs: Date.now(), overlapMs })
    const remarks = removed.length === 0 ? {} : { remarks: `removed ${removed.join(', ')}` }
    await recordToken({ done: 'rotated', service, token: key.id, ...remarks }, { state })
    if (options.json) return terminal.printJson({ key: key.id, removed })
    terminal.say(`tokens are issued with ${key.id} from now on`)
    for (const id of removed) terminal.say(`removed ${id}: its tokens are not taken any more`)
  })
}
