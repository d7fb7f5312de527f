/**
 * Destination to addresses that may be dialled. Every address is judged after the resolver has spoken, and what is
 * given out here is what is dialled, without asking again: a name that changes its answer between judging and
 * dialling (DNS rebinding) gains nothing.
 */
import os from 'node:os'
import { SidecarError } from '../../errors.ts'
import type { Counters } from '../../observe/counters.ts'
import { type AddressRefusal, compileAddresses, type JudgeAddress } from '../../policy/address/judge-address.ts'
import type { Destination } from '../../policy/destination.ts'
import type { Rule } from '../../policy/policy.ts'
import { listeningOf } from '../../settings/listening.ts'
import type { ListenAddress } from '../../settings/settings.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import { NameResolver, type Resolve } from './name-resolver.ts'

const LOOPBACK: readonly string[] = ['127.0.0.1', '::1']
const ANY_ADDRESS = new Set(['0.0.0.0', '::'])
/** More are not tried: whoever answers for a name must not make a storm of dials, nor a log line of any length. */
const ADDRESSES_MAX = 32

export interface AddressBookOptions {
  /** Asked in place of the system. */
  readonly resolve?: Resolve | undefined
  readonly counters?: Counters | undefined
}

export class AddressBook {
  readonly #judge: JudgeAddress
  readonly #resolve: Resolve
  /** Our own listening addresses by port. */
  readonly #own: ReadonlyMap<number, readonly string[]>

  readonly #counters: Counters | undefined

  constructor(
    { settings, policy }: Pick<Snapshot, 'settings' | 'policy'>,
    { resolve, counters }: AddressBookOptions = {},
  ) {
    this.#counters = counters
    this.#judge = compileAddresses(policy.addresses)
    const { dnsMs } = settings.timeouts
    const resolver = new NameResolver({ dnsMs })
    this.#resolve = resolve ?? ((name) => resolver.resolve(name))
    this.#own = byPort(listeningOf(settings).map(({ address }) => address))
  }

  /**
   * Gives the addresses to dial, in order, and no more than anybody needs. Throws BACKEND_NAME_NOT_FOUND,
   * BACKEND_DNS_FAILED, CALLER_LOOP, or POLICY_ADDRESS_DENIED when the policy denies every address there is.
   */
  async find(destination: Destination): Promise<readonly string[]> {
    const addresses = await this.#addressesOf(destination)
    const refusals: { address: string; refusal: AddressRefusal }[] = []
    const allowed = addresses.filter((address) => {
      this.#refuseLoop(destination, address)
      const judgement = this.#judge(address)
      if (!judgement.allowed) {
        refusals.push({ address, refusal: judgement })
        this.#counters?.deniedAddresses({ range: judgement.range }).add(1)
      }
      return judgement.allowed
    })
    const [first] = refusals
    if (allowed.length > 0 || first === undefined) return allowed.slice(0, ADDRESSES_MAX)
    const { range, rangeText } = first.refusal
    throw new SidecarError('POLICY_ADDRESS_DENIED', deniedMessage(destination, first.address, first.refusal), {
      details: { address: first.address, range, rangeText },
    })
  }

  /**
   * Gives the addresses to dial for a decision: the backend's, or those of the upstream proxy its rule names. There the
   * proxy resolves the name, so only a destination that is an address can be judged here, and is; the proxy's own address
   * was named by the operator. Throws as `find`.
   */
  async findFor({
    destination,
    rule: { via },
  }: {
    readonly destination: Destination
    readonly rule: Pick<Rule, 'via'>
  }): Promise<readonly string[]> {
    if (via === undefined) return await this.find(destination)
    if (destination.kind !== 'name' || isLocalName(destination.host)) await this.find(destination)
    const addresses = (await this.#addressesOf(via.to)).slice(0, ADDRESSES_MAX)
    for (const address of addresses) this.#refuseLoop(via.to, address)
    return addresses
  }

  async #addressesOf({ host, kind }: Destination): Promise<readonly string[]> {
    if (kind !== 'name') return [host]
    // RFC 6761 §6.3: localhost and what is below it never leaves this machine, and resolvers do not always know it.
    if (isLocalName(host)) return LOOPBACK
    const addresses = await this.#resolve(host)
    if (addresses.length > 0) return addresses
    throw new SidecarError('BACKEND_NAME_NOT_FOUND', `the name ${host} has no address`, { details: { name: host } })
  }

  /** A request that would come back to us is stopped here, by address, whatever name led to it. */
  #refuseLoop({ authority, port }: Destination, address: string): void {
    const listening = this.#own.get(port)
    if (listening === undefined) return
    const meant = unmapped(address)
    const isOurs = listening.some((own) => own === meant || (isHere(meant) && (ANY_ADDRESS.has(own) || isAny(meant))))
    if (!isOurs) return
    throw new SidecarError('CALLER_LOOP', `${authority} is this proxy itself (${address}:${port})`, {
      details: { address },
    })
  }
}

function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost')
}

function byPort(listening: readonly ListenAddress[]): Map<number, string[]> {
  const table = new Map<number, string[]>()
  for (const { host, port } of listening) {
    const addresses = host === 'localhost' ? LOOPBACK : [unmapped(host)]
    table.set(port, [...(table.get(port) ?? []), ...addresses])
  }
  return table
}

/** Tells whether an address is one of this machine; packets to 0.0.0.0 and :: arrive here as well. */
function isHere(address: string): boolean {
  if (isAny(address) || address.startsWith('127.') || address === '::1') return true
  const interfaces = Object.values(os.networkInterfaces()).flatMap((each) => each ?? [])
  return interfaces.some((each) => each.address === address)
}

function isAny(address: string): boolean {
  return ANY_ADDRESS.has(address)
}

/** ::ffff:127.0.0.1 reaches the same socket as 127.0.0.1. */
function unmapped(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
}

function deniedMessage(
  destination: Destination,
  address: string,
  { range, rangeText, hidden }: AddressRefusal,
): string {
  const whose = destination.host === address ? '' : ` (address of ${destination.host})`
  const disguise = hidden === undefined ? '' : `, with ${hidden} hidden in it`
  return `${address}${whose} is denied: ${range} ${rangeText}${disguise}`
}
