/** What logs and metrics call `unlisted` is no rule of that name: none names the backend. */
export function nameRule(rule: string): string {
  return rule === 'unlisted' ? 'no rule' : rule
}

/** Says which rule judged a backend, within a sentence. */
export function describeRule(rule: string): string {
  return rule === 'unlisted' ? nameRule(rule) : `rule ${rule}`
}
