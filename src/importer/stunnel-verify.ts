import type { ImportContext, RuleInput } from './importer.ts'
import { certificateName } from './name-backend.ts'
import type { Assignment } from './read-lines.ts'
import { readPins } from './read-pins.ts'
import {
  joinRevocation,
  notAsked,
  type RevocationInput,
  takeLists,
  takeResponders,
  unasked,
} from './revocation-wish.ts'
import type { StunnelService } from './stunnel-sections.ts'
import { namelessChain, takeTrustStore, unverified } from './verification.ts'

/** Writes what stunnel verifies as the part of a rule: chain, peer key, names. */
export function verifyAsStunnel(
  { own, settings }: StunnelService,
  match: readonly string[],
  context: ImportContext,
): Partial<RuleInput> {
  const { tell } = context
  const said = (key: string) => settings.get(key)?.at(-1)
  const [chain, peer, level] = [said('verifychain'), said('verifypeer'), said('verify')]
  const store = said('cafile') ?? said('capath') ?? said('castore')
  const wants = wantsOf(chain, peer, level, tell)
  for (const { at } of settings.get('checkemail') ?? [])
    tell(at, 'ignored', 'backends are verified by host name, not by mail address')
  if (!wants.chain && !wants.peer) {
    const at = (chain ?? level)?.at ?? settings.get('connect')?.at(-1)?.at ?? own[0]?.at
    if (at !== undefined) tell(at, 'dangerous', unverified)
    for (const key of ['cafile', 'capath', 'castore', 'checkhost', 'checkip']) {
      for (const each of settings.get(key) ?? []) tell(each.at, 'ignored', 'nothing is verified with it')
    }
    tellUnasked(settings, unasked, tell)
    return { strictTls: { enabled: false } }
  }
  const pins = wants.peer && store !== undefined ? readPins(store, context) : undefined
  if (peer !== undefined && wants.peer) {
    if (pins === undefined) tell(peer.at, 'changed', 'chain and name are verified, since no key can be read to pin')
    else tell(peer.at, 'taken', 'the key is pinned')
  }
  if (!wants.chain && pins !== undefined) {
    tellUnasked(settings, 'the pinned key alone decides, revoked or not', tell)
    return { strictTls: { enabled: true }, pins: { mode: 'instead', spkiSha256: [...pins] } }
  }
  const names = namesOf(settings, match, context)
  const at = (chain ?? level ?? peer)?.at
  if (wants.chain && names.none && at !== undefined) tell(at, 'dangerous', namelessChain)
  const revocation = revocationOf(settings, tell)
  return {
    strictTls: { enabled: true },
    ...(store === undefined ? {} : { trustStores: [takeTrustStore(store.value, store.at, context)] }),
    ...(pins === undefined ? {} : { pins: { mode: 'add', spkiSha256: [...pins] } }),
    ...(names.verifyName === undefined ? {} : { verifyName: names.verifyName }),
    ...(revocation === undefined ? {} : { revocation }),
  }
}

const listKeys = ['crlfile', 'crlpath']
const responderKeys = ['ocsp', 'ocspaia']

/** Without OCSPrequire = no an answer that says nothing is a refusal; lists are always demanded. */
function revocationOf(settings: StunnelService['settings'], tell: ImportContext['tell']): RevocationInput | undefined {
  const said = (key: string) => settings.get(key)?.at(-1)
  const lists = listKeys.flatMap((key) => said(key) ?? [])
  const responders = responderKeys
    .flatMap((key) => said(key) ?? [])
    .filter(({ key, value }) => key.toLowerCase() === 'ocsp' || value.toLowerCase() === 'yes')
  const demand = said('ocsprequire')
  const mode = demand?.value.toLowerCase() === 'no' ? 'soft' : 'hard'
  if (demand !== undefined) {
    const isAsked = responders.length > 0
    tell(demand.at, isAsked ? 'taken' : 'ignored', isAsked ? `the mode is ${mode} for responders` : noResponder)
  }
  const off = said('ocspaia')
  if (off !== undefined && off.value.toLowerCase() !== 'yes') tell(off.at, 'ignored', notAsked)
  return joinRevocation([
    ...lists.map((each) => takeLists(each, tell)),
    ...responders.map((each) => takeResponders(mode, each, tell)),
  ])
}

const noResponder = 'no responder is asked'

function tellUnasked(settings: StunnelService['settings'], why: string, tell: ImportContext['tell']): void {
  for (const key of [...listKeys, ...responderKeys, 'ocsprequire']) {
    for (const { at } of settings.get(key) ?? []) tell(at, 'ignored', why)
  }
}

/** `verify` is the older way to say both: 2 the chain, 3 the chain and the peer, 4 the peer alone. */
function wantsOf(
  chain: Assignment | undefined,
  peer: Assignment | undefined,
  level: Assignment | undefined,
  tell: ImportContext['tell'],
) {
  const isYes = (each: Assignment | undefined) => each?.value.toLowerCase() === 'yes'
  const number = Number(level?.value ?? 0)
  const wants = { chain: isYes(chain) || number === 2 || number === 3, peer: isYes(peer) || number >= 3 }
  if (chain !== undefined && wants.chain) tell(chain.at, 'taken', 'the chain is verified')
  if (level !== undefined && number >= 2) tell(level.at, 'changed', `verify = ${number} became ${described(wants)}`)
  if (number === 1 && level !== undefined)
    tell(level.at, 'dangerous', 'a backend always shows a certificate, and this one passed unverified too')
  if (peer !== undefined && !isYes(peer)) tell(peer.at, 'taken', 'no key is pinned')
  return wants
}

function described({ chain, peer }: { chain: boolean; peer: boolean }): string {
  return [chain ? 'the chain is verified' : '', peer ? 'the key is pinned' : '']
    .filter((each) => each !== '')
    .join(' and ')
}

/** A rule knows one name to verify beside the one asked for; several names of stunnel are alternatives. */
function namesOf(settings: StunnelService['settings'], match: readonly string[], { tell }: ImportContext) {
  const said = [...(settings.get('checkhost') ?? []), ...(settings.get('checkip') ?? [])]
  const hosts = match.map((each) => each.replace(/:\d+$/, '').toLowerCase())
  const [first, ...others] = said
  if (first === undefined) return { none: true }
  for (const { at } of others) tell(at, 'changed', 'a rule verifies one name: the first one is taken')
  if (hosts.every((host) => host === first.value.toLowerCase())) {
    tell(first.at, 'taken', 'the name asked for is verified')
    return { none: false }
  }
  const name = certificateName(first.value)
  if (name === undefined) {
    tell(first.at, 'ignored', `${first.value} is no name to verify: the name asked for is`)
    return { none: false }
  }
  tell(first.at, 'taken', `the name ${name} is verified instead of the one asked for`)
  return { none: false, verifyName: name }
}
