/** The filter language, one word further: what may stand where somebody is typing. The API has the last word on it. */

/** Suggests whole filters for what was typed so far. */
export function suggestFilters(typed: string): readonly string[] {
  const at = typed.lastIndexOf(' ') + 1
  const [head, word] = [typed.slice(0, at), typed.slice(at)]
  const isNot = word.startsWith('-')
  const bare = isNot ? word.slice(1) : word
  const fits = words.filter((each) => each.startsWith(bare) && each !== bare)
  return fits.slice(0, SUGGESTIONS_MAX).map((each) => `${head}${isNot ? '-' : ''}${each}`)
}

/** Adds a word to a filter, unless it stands there already. */
export function withWord(filter: string, word: string): string {
  const said = filter.split(/\s+/).filter((each) => each !== '')
  return said.includes(word) ? filter : [...said, word].join(' ')
}

const words = [
  ...['decision:deny', 'decision:error', 'decision:allow-untrusted', 'decision:allow'],
  ...['verdict:refused', 'verdict:allowed', 'verdict:trusted'],
  ...['since:5m', 'since:1h', 'since:1d', 'host:*.', 'port:443', 'reason:expired', 'reason:name-mismatch'],
  ...['reason:untrusted-issuer', 'reason:self-signed', 'reason:POLICY_*', 'reason:BACKEND_*', 'rule:', 'version:'],
  ...['protocol:TLSv1.3', 'protocol:TLSv1.2', 'cipher:', 'group:', 'caller:127.0.0.1*', 'method:CONNECT', 'status:403'],
  ...['entrance:'],
]
const SUGGESTIONS_MAX = 8
