import type { Protocol } from '../policy/policy.ts'
import { retiredProtocol } from '../policy/retired.ts'
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
  const groups = said('curves') ?? said('curve')
  const protocols = protocolsOf(settings, tell)
  const signatures = configOf(settings, 'SignatureAlgorithms', tell)
  const renegotiation = (settings.get('options') ?? []).find(({ value }) => renegotiationOption.test(value))
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

/** Finds the value of a command of OpenSSL's own (`config = Command:Value`); the others are told. */
function configOf(settings: Settings, command: string, tell: Tell): Assignment | undefined {
  const found = (settings.get('config') ?? []).flatMap((said) => {
    const [, name = '', value = ''] = /^(\w+):?(.*)$/.exec(said.value) ?? []
    if (name.toLowerCase() === command.toLowerCase()) return [{ ...said, value }]
    tell(said.at, 'ignored', `${name}: this command of OpenSSL has no counterpart in a policy`)
    return []
  })
  return found.at(-1)
}

const renegotiationOption = /^(ALLOW_UNSAFE_LEGACY_RENEGOTIATION|LEGACY_SERVER_CONNECT)$/i

function protocolsOf(settings: Settings, tell: Tell): Said<readonly Protocol[]> | undefined {
  const [only, min, max] = ['sslversion', 'sslversionmin', 'sslversionmax'].map((key) => settings.get(key)?.at(-1))
  const options = settings.get('options') ?? []
  const gone = new Set(options.flatMap((option) => readOption(option, tell)))
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

/** Gives the protocols that an `options` line takes away, and says what becomes of the others. */
function readOption({ value, at }: Assignment, tell: Tell): readonly Protocol[] {
  const minor = protocolOption.exec(value)
  if (minor !== null) {
    tell(at, 'taken', 'leaves the protocol out')
    return [allProtocols[Number(minor[1]?.slice(1) ?? 0)] as Protocol]
  }
  if (/^NO_SSLv[23]$/i.test(value)) tell(at, 'taken', 'it is gone from this platform anyway')
  else if (!renegotiationOption.test(value))
    tell(at, 'ignored', 'this option of OpenSSL has no counterpart in a policy')
  return []
}
