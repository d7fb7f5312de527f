import { addExamples, type DefineCommand } from './cli.ts'
import { anchorsOf, placeFrom, readWhole } from './trust-anchors.ts'

/** `vedette trust export STORE`: one PEM bundle, whatever the store is made of. */
export const defineTrustExport: DefineCommand = (command, { terminal }) => {
  command.argument('<store>', 'bundled, system, or the name of a store')
  addExamples(command, ['trust export corp > corp.pem', 'trust export system --json'])
  command.action(async (name: string) => {
    const options = command.optsWithGlobals()
    const reading = await readWhole(name, await placeFrom(options), terminal)
    const { makeTrustSet } = await import('../truststore/make-trust-set.ts')
    const { certificates, sha256 } = makeTrustSet(
      name,
      reading.sources.flatMap((source) => source.certificates),
    )
    if (options.json) return terminal.printJson({ name, sha256, certificates })
    const { X509Certificate } = await import('node:crypto')
    for (const pem of certificates) {
      const [anchor] = await anchorsOf({ sources: [{ file: name, certificates: [new X509Certificate(pem)] }] })
      terminal.print(`# ${anchor?.subject}, until ${anchor?.notAfter}\n${pem.trimEnd()}`)
    }
  })
}
