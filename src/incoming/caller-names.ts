import type crypto from 'node:crypto'
import { commonNameOf, spkiSha256Of } from '../certificate/describe-certificate.ts'
import { parseSubjectNames } from '../certificate/parse-subject-names.ts'
import { callerName, callerNameKinds } from '../policy/match-caller.ts'

/** Gives every name a certificate says its owner by, in the spelling of match-caller.ts, the most telling first. */
export function callerNamesOf(certificate: crypto.X509Certificate): string[] {
  const subjectNames = parseSubjectNames(certificate.subjectAltName).flatMap(({ kind, value }) =>
    kind === 'other' ? [] : [callerName(kind, value)],
  )
  const commonName = commonNameOf(certificate)
  const spki = spkiSha256Of(certificate)
  const names = [
    ...subjectNames,
    ...(commonName === undefined ? [] : [callerName('commonName', commonName)]),
    ...(spki === '' ? [] : [callerName('spkiSha256', spki)]),
  ]
  const rank = (name: string) => callerNameKinds.findIndex((kind) => name.startsWith(`${kind}:`))
  return names.toSorted((one, other) => order.indexOf(rank(one)) - order.indexOf(rank(other)))
}

/** A workload's URI says most; the hash of a key says least to a reader. */
const order = [1, 0, 3, 2, 4, 5]
