/** The two ways products write sets of protocols: edited one by one (Apache), or named, excluded and bounded (Postfix). */
import type { Protocol } from '../policy/policy.ts'
import { allProtocols, protocolRange, readProtocolName } from './read-names.ts'
import type { Place, Tell } from './report.ts'
import type { TlsWish } from './tls-wish.ts'

/** Reads `all -SSLv3`, `-all +TLSv1.2`: a bare name replaces what stood before, a sign edits it. */
export function readEditedProtocols(text: string, at: Place, tell: Tell): TlsWish {
  let chosen: readonly Protocol[] = []
  for (const item of text.split(/\s+/).filter((each) => each !== '')) {
    const sign = /^[+-]/.exec(item)?.[0] ?? ''
    const name = item.slice(sign.length)
    const removesRetired = sign === '-' && /^SSLv[23]$/i.test(name)
    const named =
      /^all$/i.test(name) || removesRetired ? [] : [readProtocolName(name, at, tell)].flatMap((each) => each ?? [])
    const protocols = /^all$/i.test(name) ? allProtocols : named
    if (sign === '-') chosen = chosen.filter((each) => !protocols.includes(each))
    else chosen = sign === '+' ? [...new Set([...chosen, ...protocols])] : protocols
  }
  return { protocols: { value: chosen, at } }
}

/** Reads `TLSv1.2:TLSv1.1`, `!SSLv2, !SSLv3`, `>=TLSv1.2` and Courier's `TLSv1.2+`. */
export function readNamedProtocols(text: string, at: Place, tell: Tell): TlsWish {
  const named = new Set<Protocol>()
  const excluded = new Set<Protocol>()
  let [min, max]: [Protocol | undefined, Protocol | undefined] = [undefined, undefined]
  let names = 0
  for (const item of text.split(/[:;,\s]+/).filter((each) => each !== '')) {
    const [, sign = '', name = '', plus = ''] = /^(!|>=|<=)?(.*?)(\+*)$/.exec(item) ?? []
    if (sign === '!' && /^SSLv[23]$/i.test(name)) continue
    const protocol = hexProtocols[name.toLowerCase()] ?? readProtocolName(name, at, tell)
    if (sign === '') names++
    if (protocol === undefined) continue
    if (sign === '!') excluded.add(protocol)
    else if (sign === '>=') min = protocol
    else if (sign === '<=') max = protocol
    else for (const each of plus === '' ? [protocol] : protocolRange(protocol, undefined)) named.add(each)
  }
  const base = names > 0 ? allProtocols.filter((each) => named.has(each)) : allProtocols
  const within = protocolRange(min, max)
  return { protocols: { value: base.filter((each) => within.includes(each) && !excluded.has(each)), at } }
}

const hexProtocols: Readonly<Record<string, Protocol>> = {
  ...{ '0301': 'TLSv1', '0302': 'TLSv1.1', '0303': 'TLSv1.2', '0304': 'TLSv1.3' },
}
