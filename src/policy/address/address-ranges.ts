/** Ranges of addresses that the policy knows by name. */
import { type Cidr, parseCidr } from './ip-address.ts'

/** What a range is called when it refuses; `custom` is one the operator wrote. */
export type RangeName =
  | 'loopback'
  | 'link-local'
  | 'metadata'
  | 'unspecified'
  | 'multicast'
  | 'broadcast'
  | 'private'
  | 'custom'

/** A range and what it is called when it refuses. */
export interface AddressRange {
  readonly name: RangeName
  readonly text: string
  readonly cidr: Cidr
}

/** What `denyAddresses: default` means: addresses no backend has, and those whose answers give away a machine. */
export const defaultDenied: readonly AddressRange[] = [
  // Metadata services stand first, so that they are called by their name and not by the range around them.
  ...ranges('metadata', [
    '169.254.169.254/32', // AWS, Azure, Google, Oracle, OpenStack, DigitalOcean
    '169.254.170.2/32', // AWS ECS credentials
    '169.254.170.23/32', // AWS EKS Pod Identity
    '169.254.42.42/32', // Scaleway
    '100.100.100.200/32', // Alibaba
    '168.63.129.16/32', // Azure platform
    '192.0.0.192/32', // Oracle Cloud Classic
    'fd00:ec2::254/128', // AWS
    'fd00:ec2::23/128', // AWS EKS Pod Identity
    'fd20:ce::254/128', // Google
    'fd00:42::42/128', // Scaleway
  ]),
  ...ranges('unspecified', ['0.0.0.0/8', '::/128']),
  ...ranges('loopback', ['127.0.0.0/8', '::1/128']),
  ...ranges('link-local', ['169.254.0.0/16', 'fe80::/10']),
  ...ranges('multicast', ['224.0.0.0/4', 'ff00::/8']),
  ...ranges('broadcast', ['255.255.255.255/32']),
]

/** What `private` in denyAddresses means; allowed by default, because backends live there. */
export const privateRanges: readonly AddressRange[] = ranges('private', [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
  'fec0::/10',
])

/** Makes ranges of one name. */
export function ranges(name: RangeName, texts: readonly string[]): AddressRange[] {
  return texts.map((text) => {
    const cidr = parseCidr(text)
    if (cidr === undefined) throw new TypeError(`${text} is not a range of addresses`)
    return { name, text, cidr }
  })
}
