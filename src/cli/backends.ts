import crypto from 'node:crypto'
import { SidecarError } from '../errors.ts'
import type { SightingNote } from '../processes/worker/sighting-notes.ts'
import { addExamples, type DefineCommand } from './cli.ts'
import { addInstanceOptions, stateFrom } from './instance.ts'
import { describePins, showPins } from './pins.ts'
import type { SettingOptions } from './setting-options.ts'
import { showBackend, showBackends } from './show-backends.ts'
import { describeChain } from './show-chain.ts'
import type { Terminal } from './terminal.ts'
import { parseVersion } from './version-number.ts'

interface BackendsOptions extends SettingOptions {
  readonly untrusted?: boolean
  readonly endingWithin?: string
  readonly limit: string
  readonly pins?: true
  readonly pem?: true
}

/** `vedette backends [DEST]`: what traffic has met, from the record of the running instance. */
export const defineBackends: DefineCommand = (command, { terminal, exit }) => {
  command
    .argument('[destination]', 'one of them in full: host (port 443) or host:port')
    .option('--untrusted', 'only those last seen as anything but trusted')
    .option('--ending-within <days>', 'only those with a certificate that ends within so many days, or has ended')
    .option('--limit <number>', 'how many, the last seen first', '1000')
    .option('--pins', "of one: print the pins of its key and its issuer's, ready for a rule")
    .option('--pem', 'of one: print the chain it showed last, in PEM')
  addInstanceOptions(command)
  addExamples(command, [
    'backends --ending-within 30',
    'backends --untrusted --json',
    'backends mail.example.org --pins >> rule.yaml',
  ])
  command.action(async (destination: string | undefined, options: BackendsOptions) => {
    assertFlagsFit(destination, options)
    const { askControl } = await import('../processes/control/control-client.ts')
    const state = await stateFrom(options, terminal)
    if (destination === undefined) {
      const { backends } = await askControl('backends', filterOf(options), { state })
      if (options.json) terminal.printJson(backends)
      else showBackends(backends, { terminal, nowMs: Date.now() })
      return
    }
    const { sightings } = await askControl('backend', { destination }, { state })
    const [last] = sightings
    if (last !== undefined) return tell(last, { sightings, options, terminal })
    if (options.json) terminal.printJson({ backend: destination, sightings: [] })
    else terminal.say(`${destination} was never seen; vedette probe ${destination} looks at it now`)
    exit('failed')
  })
}

interface Told {
  readonly sightings: readonly SightingNote[]
  readonly options: BackendsOptions
  readonly terminal: Terminal
}

function tell(last: SightingNote, { sightings, options, terminal }: Told): void {
  const chain = last.chain.map((der) => new crypto.X509Certificate(Buffer.from(der, 'base64')))
  if (options.pins) {
    const pins = describePins(chain)
    if (options.json) return terminal.printJson({ backend: last.authority, pins })
    return showPins(pins, { last, terminal })
  }
  if (options.pem) {
    const texts = chain.map((certificate) => certificate.toString().trimEnd())
    return options.json ? terminal.printJson(texts) : texts.forEach((text) => void terminal.print(text))
  }
  if (options.json) terminal.printJson({ backend: last.authority, certificates: describeChain(chain), sightings })
  else showBackend(sightings, { chain, terminal, nowMs: Date.now() })
}

function assertFlagsFit(destination: string | undefined, options: BackendsOptions): void {
  const [ofOne, ofAll] = [options.pins || options.pem, options.untrusted || options.endingWithin !== undefined]
  if (destination === undefined && ofOne) {
    throw new SidecarError('OPERATOR_USAGE', '--pins and --pem need a destination: whose?')
  }
  if (destination !== undefined && ofAll) {
    throw new SidecarError(
      'OPERATOR_USAGE',
      '--untrusted and --ending-within choose among all: leave the destination out',
    )
  }
  if (options.pins && options.pem) throw new SidecarError('OPERATOR_USAGE', '--pins and --pem: one at a time')
}

function filterOf({ untrusted = false, endingWithin, limit }: BackendsOptions) {
  const days = endingWithin === undefined ? undefined : parseVersion('--ending-within', endingWithin)
  return {
    untrusted,
    limit: parseVersion('--limit', limit),
    ...(days === undefined ? {} : { endingWithinMs: days * DAY_MS }),
  }
}

const DAY_MS = 86_400_000
