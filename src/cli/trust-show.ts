import { addExamples, type DefineCommand } from './cli.ts'
import { counted } from './counted.ts'
import { anchorsOf, placeFrom, readWhole, showAnchor } from './trust-anchors.ts'

/** `vedette trust show STORE`. */
export const defineTrustShow: DefineCommand = (command, { terminal }) => {
  command.argument('<store>', 'bundled, system, or the name of a store')
  addExamples(command, ['trust show corp', 'trust show bundled --json'])
  command.action(async (name: string) => {
    const options = command.optsWithGlobals()
    const anchors = await anchorsOf(await readWhole(name, await placeFrom(options), terminal))
    if (options.json) return terminal.printJson(anchors)
    for (const anchor of anchors) showAnchor(anchor, terminal)
    const minded = anchors.filter(({ warnings }) => warnings.length > 0).length
    terminal.say(`${counted(anchors.length, 'certificate')}${minded > 0 ? `, ${minded} with warnings` : ''}`)
  })
}
