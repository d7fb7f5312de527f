/** Whether the certificate was issued to the host that was asked for, and whether its names can be read as they are. */
import net from 'node:net'
import { commonNameOf } from '../../certificate/describe-certificate.ts'
import { parseSubjectNames, type SubjectName } from '../../certificate/parse-subject-names.ts'
import { printable } from '../../certificate/printable.ts'
import { matchesName } from '../judge/matches-name.ts'
import { type Check, type JudgedPath, onEach, onLeaf, type Step } from './check.ts'

export const nameChecks: readonly Check[] = [
  {
    name: 'host-name',
    finding: 'name-mismatch',
    grade: 'webpki',
    source: 'RFC 9525 §6.3, BR 7.1.2.7.12, CVE-2009-2408, CVE-2021-44531, CVE-2022-21656',
    holds:
      'A dNSName is the host, or covers it with `*` as its whole left-most label, for one label, over two or more; a common name, a URI or a mail address never counts.',
    find: (path) => (net.isIP(path.host) === 0 ? findMismatch(path) : []),
  },
  {
    name: 'ip-address',
    finding: 'name-mismatch',
    grade: 'webpki',
    source: 'RFC 5280 §4.2.1.6, RFC 9525 §6.5, BR 7.1.2.7.12',
    holds: 'An address is covered by an iPAddress of the same bytes alone, never by a dNSName that looks like it.',
    find: (path) => (net.isIP(path.host) === 0 ? [] : findMismatch(path)),
  },
  {
    name: 'control-bytes',
    finding: 'malformed-certificate',
    grade: 'webpki',
    source: 'CVE-2009-2408, CVE-2026-47778',
    holds: 'No name in the certificates below the anchor holds NUL or another control character.',
    find: onEach((step) => {
      const found = step.isAnchor ? undefined : textsOf(step).find((text) => CONTROL.test(text))
      return found !== undefined && `holds control characters in the name ${printable(shortened(found))}`
    }),
  },
  {
    name: 'dns-syntax',
    finding: 'malformed-certificate',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.2.1.6, RFC 1034 §3.5',
    holds:
      "Every dNSName of the backend's certificate is a host name of letters, digits and hyphens, or a wildcard over one.",
    find: onLeaf(({ facts }) => {
      const names = (facts.extensions.names ?? []).filter(({ kind }) => kind === 'dns')
      const wrong = names.map(({ bytes }) => bytes.toString('latin1')).find((name) => !isHostName(name))
      return wrong !== undefined && `has the dNSName ${printable(shortened(wrong))}, which is no host name`
    }),
  },
]

function findMismatch({ steps: [leaf], host }: JudgedPath): string[] {
  const { certificate } = leaf as Step
  const names = parseSubjectNames(certificate.subjectAltName)
  if (matchesName(names, host)) return []
  const commonName = names.length === 0 ? commonNameOf(certificate) : undefined
  const aside = commonName === undefined ? '' : ' (a common name, which does not count)'
  // Log searches of other products look for exactly these words, so they stand in front and once.
  const issuedTo = `server name mismatch, certificate issued to: [${describeNames(names, commonName)}]`
  return [`${issuedTo}${aside}, asked for ${host}`]
}

const NAMES_TOLD_MAX = 10
const NAME_TOLD_LENGTH_MAX = 253

function describeNames(names: readonly SubjectName[], commonName: string | undefined): string {
  if (names.length === 0) return commonName === undefined ? 'no name' : shortened(commonName)
  const told = names.slice(0, NAMES_TOLD_MAX).map(({ kind, value }) => {
    const text = shortened(printable(value))
    return kind === 'dns' || kind === 'ip' ? text : `${kind} ${text}`
  })
  return told.join(', ') + (names.length > told.length ? ` and ${names.length - told.length} more` : '')
}

function shortened(text: string): string {
  return text.length > NAME_TOLD_LENGTH_MAX ? `${text.slice(0, NAME_TOLD_LENGTH_MAX)}…` : text
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly what is looked for.
const CONTROL = /[\u0000-\u001f\u007f]/

const textKinds: readonly string[] = ['dns', 'email', 'uri']

/** The texts of a certificate that name somebody. */
function textsOf({ facts: { subject, extensions } }: Step): string[] {
  const names = (extensions.names ?? []).filter(({ kind }) => textKinds.includes(kind))
  return [...subject.flat().map(({ value }) => value), ...names.map(({ bytes }) => bytes.toString('latin1'))]
}

const HOST_NAME_MAX = 253

function isHostName(name: string): boolean {
  const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
  return name.length <= HOST_NAME_MAX && new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*$`, 'i').test(name)
}
