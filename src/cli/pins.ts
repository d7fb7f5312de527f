/** Pins made from what was seen: the backend's own key, and as a spare the key of whoever issued its certificate. */
import type crypto from 'node:crypto'
import { describeName, publicKeyOf, spkiSha256Of } from '../certificate/describe-certificate.ts'
import type { Sighting } from '../history/sightings.ts'
import type { Terminal } from './terminal.ts'

export interface Pin {
  readonly spkiSha256: string
  readonly of: 'backend' | 'issuer'
  readonly subject: string
  readonly notAfter: string
}

/** Describes the pins that a presented chain gives, the backend's first; none for a key that cannot be read. */
export function describePins(chain: readonly crypto.X509Certificate[]): readonly Pin[] {
  const [leaf, ...others] = chain
  if (leaf === undefined) return []
  const issuer = others.find((each) => isIssuedBy(leaf, each))
  return [pinOf(leaf, 'backend'), ...(issuer === undefined ? [] : [pinOf(issuer, 'issuer')])].filter(
    ({ spkiSha256 }, index, all) =>
      spkiSha256 !== '' && all.findIndex((pin) => pin.spkiSha256 === spkiSha256) === index,
  )
}

/** Prints a block for a rule, and says what speaks against pinning it as it is. */
export function showPins(pins: readonly Pin[], { last, terminal }: { last: Sighting; terminal: Terminal }): void {
  if (pins.length === 0) return terminal.say(`${last.authority} showed no key that could be pinned`)
  terminal.print('pins:')
  terminal.print('  mode: add')
  terminal.print('  spkiSha256:')
  for (const { spkiSha256, of, subject, notAfter } of pins) {
    terminal.print(
      `    - ${spkiSha256} # ${of === 'backend' ? 'the key of' : 'a spare, its issuer:'} ${subject}, until ${notAfter}`,
    )
  }
  if (last.outcome !== 'trusted') {
    terminal.say(`${last.authority} was last seen as ${last.outcome}: make sure that the key is really its own`)
  }
  if (pins.length === 1) {
    terminal.say('the backend sent no certificate of its issuer: add a spare key, or its next key will be refused')
  }
}

function pinOf(certificate: crypto.X509Certificate, of: Pin['of']): Pin {
  const notAfter = certificate.validToDate
  return {
    spkiSha256: spkiSha256Of(certificate),
    of,
    subject: describeName(certificate.subject),
    notAfter: Number.isNaN(notAfter.getTime()) ? 'no readable date' : notAfter.toISOString().slice(0, 10),
  }
}

/** By name and by signature: a chain may hold anything, and a stranger's key must not be taken for the issuer's. */
function isIssuedBy(leaf: crypto.X509Certificate, other: crypto.X509Certificate): boolean {
  const key = publicKeyOf(other)
  return leaf.checkIssued(other) && key !== undefined && leaf.verify(key)
}
