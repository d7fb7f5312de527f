/**
 * Which addresses may be dialled. It is asked about the very address that is dialled next, after the name is resolved,
 * so that no answer of a resolver and no spelling leads to the machine itself or to its cloud's metadata.
 */

import type { Policy } from '../policy.ts'
import { type AddressRange, defaultDenied, privateRanges, type RangeName, ranges } from './address-ranges.ts'
import { hiddenIpv4 } from './hidden-ipv4.ts'
import { formatIpv4, isInside, parseIp } from './ip-address.ts'

/** Whether an address may be dialled, and if not, why. */
export type AddressJudgement = { readonly allowed: true } | AddressRefusal

/** Why an address may not be dialled. */
export interface AddressRefusal {
  readonly allowed: false
  /** What kind of address it is; `invalid` for a text that is no address at all. */
  readonly range: RangeName | 'invalid'
  /** The denied range as written, such as `127.0.0.0/8`; empty for an invalid one. */
  readonly rangeText: string
  /** The IPv4 address found inside, when that is what was denied. */
  readonly hidden?: string
}

/** Judges one address under the lists it was compiled from. */
export type JudgeAddress = (ip: string) => AddressJudgement

/** Judges one address; to judge many under one policy, compile its lists once with `compileAddresses`. */
export function judgeAddress(addresses: Policy['addresses'], ip: string): AddressJudgement {
  return compileAddresses(addresses)(ip)
}

/**
 * Compiles the lists of a policy into a judge. An address and every IPv4 address hidden in it are judged one by one:
 * each that is denied needs an entry of allowAddresses that names just that one, so that allowing a wide IPv6 range
 * never lets loopback through in disguise.
 */
export function compileAddresses(addresses: Policy['addresses']): JudgeAddress {
  const denied = addresses.deny.flatMap(rangesOf)
  const allowed = ranges('custom', addresses.allow)
  return (ip) => {
    const outside = parseIp(ip)
    if (outside === undefined) return { allowed: false, range: 'invalid', rangeText: '' }
    for (const address of [outside, ...hiddenIpv4(outside)]) {
      const range = denied.find(({ cidr }) => isInside(cidr, address))
      if (range === undefined || allowed.some(({ cidr }) => isInside(cidr, address))) continue
      return refusal(range, address === outside ? undefined : formatIpv4(address))
    }
    return { allowed: true }
  }
}

/** The words that stand for ranges in denyAddresses. */
export const rangeWords = ['default', 'private'] as const

function rangesOf(entry: string): readonly AddressRange[] {
  if (entry === 'default') return defaultDenied
  return entry === 'private' ? privateRanges : ranges('custom', [entry])
}

function refusal(range: AddressRange, hidden: string | undefined): AddressRefusal {
  const found = { allowed: false, range: range.name, rangeText: range.text } as const
  return hidden === undefined ? found : { ...found, hidden }
}
