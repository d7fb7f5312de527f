import type { Sighting } from '../history/sightings.ts'

type Seen = Pick<Sighting, 'serverName' | 'presented' | 'spkiSha256'>

/**
 * Says which name was sent last and, where the backend was seen with a name and without, what difference that makes; the
 * newest sight comes first. A backend that breaks off before it shows anything leaves no sight: `probe --matrix` tells.
 */
export function describeSni(sightings: readonly Seen[]): string {
  const [last] = sightings
  if (last === undefined) return ''
  const sent = last.serverName === '' ? 'none sent' : last.serverName
  const named = sightings.find(({ serverName }) => serverName !== '')
  const unnamed = sightings.find(({ serverName }) => serverName === '')
  if (named === undefined || unnamed === undefined) {
    return `${sent}, never seen ${named === undefined ? 'with a name' : 'without'}`
  }
  return `${sent}, ${difference(named, unnamed)}`
}

function difference(named: Seen, unnamed: Seen): string {
  if (named.presented === 0 && unnamed.presented === 0) return 'and no certificate with a name or without'
  if (unnamed.presented === 0) return 'which it needs: without it showed no certificate'
  if (named.presented === 0) return 'and it dislikes a name: with one it showed no certificate'
  return named.spkiSha256 === unnamed.spkiSha256
    ? 'and it shows the same key with a name and without'
    : 'and it shows another key without a name'
}
