/** OpenSSL: a bare cipher string, or the commands of openssl.cnf that say what a client offers. */
import { specFrom } from './backend-wish.ts'
import { fitTls } from './fit-tls.ts'
import type { ImportContext, Importer } from './importer.ts'
import { readNamedProtocols } from './protocol-lists.ts'
import { type Assignment, notReadable, readLines, splitAssignment } from './read-lines.ts'
import {
  protocolRange,
  readCipherString,
  readGroupNames,
  readProtocolName,
  readSignatureNames,
  readTls13Suites,
} from './read-names.ts'
import type { TlsWish } from './tls-wish.ts'
import { unverified } from './verification.ts'

/** Imports a cipher string or openssl.cnf. */
export const importOpenssl: Importer = (source, context) => {
  const commands = new Map<string, Assignment>()
  for (const line of readLines(source, { comment: /^#/, continues: 'backslash' }, context.place)) {
    if (/^\[.*\]$/.test(line.text) || line.text.startsWith('.')) continue
    const isCommand = /^[\w.]+\s*=/.test(line.text)
    const command = isCommand ? splitAssignment(line) : { ...line, key: 'CipherString', value: line.text }
    if (command === undefined || (!isCommand && !/^[\w!@+:;, .=-]+$/.test(line.text))) {
      throw notReadable(line.at, 'expected a cipher string, or Command = value as in openssl.cnf')
    }
    const key = command.key.toLowerCase()
    const earlier = commands.get(key)
    if (earlier !== undefined) context.tell(earlier.at, 'ignored', `overruled by line ${line.at.line}`)
    commands.set(key, command)
  }
  const verify = commands.get('verifymode')
  const isOff = verify !== undefined && !/peer/i.test(verify.value)
  if (verify !== undefined) {
    context.tell(verify.at, isOff ? 'dangerous' : 'taken', isOff ? unverified : 'chain and name are verified')
  }
  const tls = fitTls(wishOf(commands, context), { scope: 'policy', tell: context.tell })
  return specFrom({ verify: verify === undefined ? undefined : !isOff, tls })
}

function wishOf(commands: ReadonlyMap<string, Assignment>, { tell }: ImportContext): TlsWish {
  const [ciphers, tls13] = [commands.get('cipherstring'), commands.get('ciphersuites')]
  const signatures = commands.get('signaturealgorithms')
  const groups = commands.get('groups') ?? commands.get('curves')
  const [only, min, max] = [commands.get('protocol'), commands.get('minprotocol'), commands.get('maxprotocol')]
  const end = (said: Assignment | undefined) => {
    const isOpen = said === undefined || /^(none|any)$/i.test(said.value)
    return isOpen ? undefined : readProtocolName(said.value, said.at, tell)
  }
  const bounds = min ?? max
  if (min !== undefined && max !== undefined) tell(max.at, 'taken', 'nothing newer is offered')
  const range = bounds === undefined ? {} : { protocols: { value: protocolRange(end(min), end(max)), at: bounds.at } }
  return {
    ...(only === undefined ? range : readNamedProtocols(only.value.replaceAll('-', '!'), only.at, tell)),
    ...(ciphers === undefined ? {} : readCipherString(ciphers.value, ciphers.at, tell)),
    ...(tls13 === undefined ? {} : readTls13Suites(tls13.value, tls13.at, tell)),
    ...(groups === undefined ? {} : readGroupNames(groups.value, groups.at, tell)),
    ...(signatures === undefined ? {} : readSignatureNames(signatures.value, signatures.at, tell)),
  }
}
