import { retiredProtocol } from '../policy/catalogue/retired.ts'
import type { Protocol } from '../policy/policy.ts'
import type { Assignment } from './read-lines.ts'
import {
  allProtocols,
  protocolRange,
  readCipherString,
  readGroupNames,
  readProtocolName,
  readSignatureNames,
  readTls13Suites,
} from './read-names.ts'
import type { Tell } from './report.ts'
import type { StunnelService } from './stunnel-sections.ts'
import type { Said, TlsWish } from './tls-wish.ts'

type Settings = StunnelService['settings']

/** Reads protocols, suites, groups and the security level of a service. */
export function readStunnelTls(settings: Settings, tell: Tell): TlsWish {
  const said = (key: string) => settings.get(key)?.at(-1)
  const [ciphers, tls13, level] = [said('ciphers'), said('ciphersuites'), said('securitylevel')]
  const commands = configOf(settings, tell)
  const groups = said('curves') ?? said('curve') ?? commands.get('groups') ?? commands.get('curves')
  const protocols = protocolsOf(settings, tell)
  const signatures = commands.get('signaturealgorithms')
  const renegotiations = (settings.get('options') ?? []).filter(({ value }) =>
    renegotiationOption.test(value.replace(/^-/, '')),
  )
  const last = renegotiations.at(-1)
  const renegotiation = last?.value.startsWith('-') ? undefined : last
  return {
    ...(ciphers === undefined ? {} : readCipherString(ciphers.value, ciphers.at, tell)),
    ...(tls13 === undefined ? {} : readTls13Suites(tls13.value, tls13.at, tell)),
    ...(groups === undefined ? {} : readGroupNames(groups.value, groups.at, tell)),
    ...(level === undefined || !/^[0-5]$/.test(level.value)
      ? {}
      : { securityLevel: { value: Number(level.value), at: level.at } }),
    ...(protocols === undefined ? {} : { protocols }),
    ...(signatures === undefined ? {} : readSignatureNames(signatures.value, signatures.at, tell)),
    ...(renegotiation === undefined ? {} : { unsafeRenegotiation: { value: true, at: renegotiation.at } }),
  }
}

/** Reads the commands of OpenSSL's own (`config = Command:Value`), by lower-case name; those of no use are told. */
function configOf(settings: Settings, tell: Tell): ReadonlyMap<string, Assignment> {
  const commands = new Map<string, Assignment>()
  for (const said of settings.get('config') ?? []) {
    const [, name = '', value = ''] = /^(\w+):?(.*)$/.exec(said.value) ?? []
    if (/^(groups|curves|signaturealgorithms)$/i.test(name)) commands.set(name.toLowerCase(), { ...said, value })
    else tell(said.at, 'ignored', `${name}: this command of OpenSSL has no counterpart in a policy`)
  }
  return commands
}

const renegotiationOption = /^(ALLOW_UNSAFE_LEGACY_RENEGOTIATION|LEGACY_SERVER_CONNECT)$/i

function protocolsOf(settings: Settings, tell: Tell): Said<readonly Protocol[]> | undefined {
  const [only, min, max] = ['sslversion', 'sslversionmin', 'sslversionmax'].map((key) => settings.get(key)?.at(-1))
  const options = settings.get('options') ?? []
  const gone = new Set<Protocol>()
  for (const option of options) {
    // A minus clears what an earlier line has set.
    const clears = option.value.startsWith('-')
    const named = readOption({ ...option, value: option.value.replace(/^-/, '') }, { clears, tell })
    for (const each of named) clears ? gone.delete(each) : gone.add(each)
  }
  const at = (only ?? max ?? min)?.at ?? options.find(({ value }) => protocolOption.test(value))?.at
  if (at === undefined) return undefined
  const lowest = endOf(only ?? min, tell)
  const highest = endOf(only ?? max, tell)
  const none = lowest === 'none' || highest === 'none'
  const range = none ? [] : protocolRange(lowest, highest)
  return { value: range.filter((each) => !gone.has(each)), at }
}

/** An end below what exists is open; a top below what exists leaves nothing. */
function endOf(said: Assignment | undefined, tell: Tell): Protocol | 'none' | undefined {
  if (said === undefined || /^all$/i.test(said.value)) return undefined
  const protocol = readProtocolName(said.value, said.at, tell)
  const isTop = said.key.toLowerCase() !== 'sslversionmin'
  return protocol ?? (isTop && retiredProtocol(said.value) !== undefined ? 'none' : undefined)
}

const protocolOption = /^NO_TLSv1(_[123])?$/i

/** Gives the protocols that an `options` line speaks of, and says what becomes of the others. */
function readOption(
  { value, at }: Assignment,
  { clears, tell }: { readonly clears: boolean; readonly tell: Tell },
): readonly Protocol[] {
  const minor = protocolOption.exec(value)
  if (minor !== null) {
    tell(at, 'taken', clears ? 'takes the protocol back' : 'leaves the protocol out')
    return [allProtocols[Number(minor[1]?.slice(1) ?? 0)] as Protocol]
  }
  const isOldRenegotiation = renegotiationOption.test(value)
  if (/^NO_SSLv[23]$/i.test(value)) tell(at, 'taken', 'it is gone from this platform anyway')
  else if (clears && isOldRenegotiation) tell(at, 'taken', 'backends without RFC 5746 are refused')
  else if (!isOldRenegotiation) tell(at, 'ignored', 'this option of OpenSSL has no counterpart in a policy')
  return []
}
