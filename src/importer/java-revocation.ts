import type { Assignment } from './read-lines.ts'
import type { Tell } from './report.ts'
import { notAsked, type RevocationInput, written } from './revocation-wish.ts'

/**
 * Reads what Java's properties say about revocation. One switch turns it on and three say from what; a certificate that
 * nothing speaks of is refused, and no property makes that softer.
 */
export function javaRevocation(properties: ReadonlyMap<string, Assignment>, tell: Tell): RevocationInput | undefined {
  const isOn = (key: string) => /^(true)?$/i.test(properties.get(key)?.value ?? 'false')
  const others = [...properties].filter(([key]) => key !== mainSwitch && aboutRevocation.test(key))
  const main = properties.get(mainSwitch)
  if (main === undefined || !isOn(mainSwitch)) {
    if (main !== undefined) tell(main.at, 'ignored', notAsked)
    for (const [, { at }] of others) tell(at, 'ignored', `nobody asks, since ${mainSwitch} is not on`)
    return undefined
  }
  const revocation: RevocationInput = {
    mode: 'hard',
    sources: [
      ...(properties.get(stapling)?.value.toLowerCase() === 'false' ? [] : (['stapled'] as const)),
      ...(isOn(lists) ? (['crl'] as const) : []),
      ...(isOn(responders) ? (['ocsp'] as const) : []),
    ],
  }
  if (revocation.sources?.length === 0) {
    tell(main.at, 'ignored', 'neither stapled answers nor lists nor responders are turned on')
    return undefined
  }
  tell(main.at, 'changed', `${written(revocation)}: soft would let through what nobody can say`)
  for (const [key, { at }] of others) {
    const isSwitch = [stapling, lists, responders].includes(key)
    tell(at, isSwitch ? 'taken' : 'ignored', isSwitch ? 'says where answers come from' : whoAnswers)
  }
  return revocation
}

const mainSwitch = 'com.sun.net.ssl.checkRevocation'
const stapling = 'jdk.tls.client.enableStatusRequestExtension'
const lists = 'com.sun.security.enableCRLDP'
const responders = 'ocsp.enable'
const aboutRevocation = /^(com\.sun\.security\.|ocsp\.|jdk\.tls\.client\.enableStatusRequestExtension$)/
const whoAnswers = 'the responders and lists that certificates name are asked'
