/** What two handshakes, one that names the backend (SNI) and one that does not, say about it together. */
import type { Probe } from '../../admin/contract.ts'

/** Says whether a backend needs SNI, dislikes it, shows something else without it, or does not care. */
export function describeSni(withName: Probe, without: Probe): string {
  const [named, bare] = [reached(withName), reached(without)]
  if (!named && !bare) return 'No handshake either way: SNI is not what keeps it from answering.'
  if (named && !bare) return 'Needs SNI: without a name it makes no handshake.'
  if (!named) return 'Dislikes SNI: with a name it makes no handshake. A rule with sni: false reaches it.'
  if (withName.tls?.spkiSha256 !== without.tls?.spkiSha256)
    return 'Needs SNI: without a name it shows another certificate.'
  return 'Does not care about SNI: it shows the same either way.'
}

function reached({ tls }: Probe): boolean {
  return tls !== null
}
