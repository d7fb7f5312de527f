/** Backends as a person reads them. Names in certificates and details of findings were written by strangers. */
import type crypto from 'node:crypto'
import { parseSubjectNames } from '../certificate/parse-subject-names.ts'
import { printable } from '../certificate/printable.ts'
import type { Sighting } from '../history/sightings.ts'
import { describeSni } from './describe-sni.ts'
import { describeChain, showChain } from './show-chain.ts'
import { showTable } from './show-table.ts'
import type { Terminal } from './terminal.ts'

interface Shown {
  readonly terminal: Terminal
  readonly nowMs: number
}

/** Shows one line for each backend: the last verdict, what was found, and how long its certificate still holds. */
export function showBackends(backends: readonly Sighting[], { terminal, nowMs }: Shown): void {
  const rows = backends.map((backend) => [
    backend.authority,
    describeOutcome(backend, terminal),
    backend.findings.map(({ name }) => name).join(', ') || '-',
    backend.protocol || '-',
    describeDays(backend, { terminal, nowMs }),
    momentOf(backend.firstSeenMs),
    momentOf(backend.lastSeenMs),
  ])
  const head = ['backend', 'verdict', 'findings', 'protocol', 'certificate', 'first seen', 'last seen']
  showTable([head, ...rows], terminal)
  terminal.say(`${backends.length} ${backends.length === 1 ? 'backend' : 'backends'}`)
}

/** Shows one backend in full: how it was last seen, with its chain, and what it showed before. */
export function showBackend(
  sightings: readonly Sighting[],
  { chain, ...shown }: Shown & { readonly chain: readonly crypto.X509Certificate[] },
): void {
  const [last, ...earlier] = sightings
  if (last === undefined) return
  const { terminal } = shown
  const row = (name: string, text: string) => terminal.print(`${name.padEnd(10)}${text}`)
  row('backend', terminal.paint('bold', last.authority))
  row('verdict', `${describeOutcome(last, terminal)} under rule ${last.rule}, version ${last.version}`)
  for (const { name, detail } of last.findings) row('finding', `${name}: ${printable(detail)}`)
  row('address', last.address)
  row('sni', describeSni(sightings))
  if (last.protocol !== '') row('agreed', describeAgreed(last))
  if (last.spkiSha256 !== '') row('key', `${last.spkiSha256} (SHA-256 of the public key)`)
  if (last.stapled) row('stapled', 'an OCSP answer')
  row('ends', describeDays(last, shown))
  row('seen', `${last.count} times, ${momentOf(last.firstSeenMs)} to ${momentOf(last.lastSeenMs)}`)
  const [leaf] = chain
  if (leaf !== undefined) row('names', describeNames(leaf))
  showChain(describeChain(chain), terminal)
  if (last.presented > chain.length) terminal.print(`    ${last.presented - chain.length} more were sent and not kept`)
  for (const one of earlier) row('before', describeEarlier(one, last, terminal))
}

function describeOutcome({ outcome, because, wouldRefuse }: Sighting, terminal: Terminal): string {
  const color = { trusted: 'green', allowed: 'yellow', refused: 'red' } as const
  const why = because.length === 0 ? '' : ` (${because.join(', ')}${wouldRefuse ? ', would be refused' : ''})`
  return terminal.paint(color[outcome], outcome) + why
}

function describeDays({ notAfterMs }: Sighting, { terminal, nowMs }: Shown): string {
  if (notAfterMs === null) return '-'
  const days = Math.floor((notAfterMs - nowMs) / DAY_MS)
  if (days < 0) return terminal.paint('red', `ended ${momentOf(notAfterMs).slice(0, 10)}`)
  const text = `${days} ${days === 1 ? 'day' : 'days'} left`
  return days < SOON_DAYS ? terminal.paint('yellow', text) : text
}

function describeAgreed({ protocol, cipher, group }: Sighting): string {
  return [protocol, cipher, group].filter((fact) => fact !== '').join('  ')
}

function describeEarlier(sighting: Sighting, last: Sighting, terminal: Terminal): string {
  const facts = [describeOutcome(sighting, terminal), sighting.findings.map(({ name }) => name).join(', ')]
  const agreed = sighting.protocol === '' ? '' : describeAgreed(sighting)
  const isSameName = sighting.serverName === last.serverName
  const sni = isSameName ? '' : sighting.serverName === '' ? 'no SNI' : `SNI ${sighting.serverName}`
  const key = sighting.spkiSha256 === '' ? '' : `key ${sighting.spkiSha256}`
  const told = [...facts, agreed, sni, key].filter((fact) => fact !== '').join(', ')
  return `${momentOf(sighting.firstSeenMs)} to ${momentOf(sighting.lastSeenMs)}: ${told}`
}

function describeNames(leaf: crypto.X509Certificate): string {
  const names = parseSubjectNames(leaf.subjectAltName).map(({ value }) => printable(value).slice(0, NAME_LENGTH_MAX))
  if (names.length === 0) return 'none'
  const more = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : ''
  return names.slice(0, NAMES_MAX).join(', ') + more
}

function momentOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

const DAY_MS = 86_400_000
const SOON_DAYS = 30
const NAMES_MAX = 20
const NAME_LENGTH_MAX = 253
