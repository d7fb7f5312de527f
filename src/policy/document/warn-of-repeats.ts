import { findSuite } from '../catalogue/catalogue.ts'
import { findGroup } from '../catalogue/groups.ts'
import { findSignatureAlgorithm } from '../catalogue/signature-algorithms.ts'
import type { TlsScope } from './tls-scope.ts'

/** One thing has many names, so a list can say it twice without looking like it; only the first place counts. */
export function warnOfRepeats({ path, note, said }: TlsScope): void {
  const lists = {
    protocols: [said.protocols, (name: string) => name],
    ciphers: [said.ciphers, (name: string) => findSuite(name)?.iana],
    groups: [said.groups, (name: string) => findGroup(name)?.name],
    signatureAlgorithms: [said.signatureAlgorithms, (name: string) => findSignatureAlgorithm(name)?.name],
  } as const
  for (const [key, [names = [], nameOf]] of Object.entries(lists)) {
    const seen = new Map<string, string>()
    for (const [index, name] of names.entries()) {
      const meant = nameOf(name)
      if (meant === undefined) continue
      const first = seen.get(meant)
      if (first === undefined) seen.set(meant, name)
      else
        note('warning', [...path, key, index], `${name} stands above already${first === name ? '' : `, as ${first}`}`)
    }
  }
}
