import crypto from 'node:crypto'
import { SidecarError } from '../errors.ts'
import type { StoreReading } from '../truststore/read-store.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { shortPath } from './read-document.ts'
import { anchorsOf, placeFrom, readWhole } from './trust-anchors.ts'

const PREFIX = /^[0-9a-f]{8,64}$/

/** `vedette trust remove STORE SHA256`. */
export const defineTrustRemove: DefineCommand = (command, { terminal }) => {
  command
    .argument('<store>', 'the store to take it out of')
    .argument('<sha256>', 'the fingerprint of the certificate, or its first 8 digits or more')
  addExamples(command, ['trust remove corp 4348a0e9444c78cb', 'trust remove corp 43:48:A0:E9:44:4C:78:CB --json'])
  command.action(async (name: string, fingerprint: string) => {
    const options = command.optsWithGlobals()
    const { builtInStores } = await import('../truststore/store-files.ts')
    if (builtInStores.includes(name))
      throw new SidecarError('OPERATOR_USAGE', `${name} is built in: nothing can be removed`)
    const reading = await readWhole(name, await placeFrom(options), terminal)
    const raw = certificateBy(fingerprint, reading)
    const { removeFromStore } = await import('../truststore/change-store.ts')
    const files = await removeFromStore(reading.sources, raw)
    const [removed] = await anchorsOf({ sources: [{ file: '', certificates: [new crypto.X509Certificate(raw)] }] })
    if (options.json) return terminal.printJson({ store: name, removed: { ...removed, files } })
    terminal.say(`${name} no longer trusts ${removed?.subject} (${removed?.sha256})`)
    for (const file of files) terminal.say(`changed ${shortPath(file)}`)
  })
}

function certificateBy(fingerprint: string, { sources }: StoreReading): Buffer {
  const prefix = fingerprint.replaceAll(':', '').toLowerCase()
  if (!PREFIX.test(prefix)) {
    throw new SidecarError(
      'OPERATOR_USAGE',
      `expected a SHA-256 fingerprint in hexadecimal, found ${JSON.stringify(fingerprint)}`,
    )
  }
  const all = sources.flatMap(({ certificates }) => certificates.map(({ raw }) => raw))
  const found = new Map(all.map((raw) => [crypto.hash('sha256', raw, 'hex'), raw]))
  const matching = [...found].filter(([sha256]) => sha256.startsWith(prefix))
  const [one] = matching
  if (matching.length === 1 && one !== undefined) return one[1]
  const what = one === undefined ? 'no certificate' : `${matching.length} certificates`
  throw new SidecarError('OPERATOR_USAGE', `${what} in this store begin with ${prefix}: see vedette trust show`)
}
