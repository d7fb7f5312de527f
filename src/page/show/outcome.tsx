/** A verdict or decision as a chip: its word says it, the colour only helps. */
export function Outcome({ outcome }: { readonly outcome: string }) {
  const { text, tone } = looks[outcome] ?? { text: outcome, tone: '' }
  return <span className={`badge ${tone}`}>{text}</span>
}

const looks: Readonly<Record<string, { readonly text: string; readonly tone: string }>> = {
  trusted: { text: 'Trusted', tone: 'good' },
  allow: { text: 'Allowed', tone: 'good' },
  ok: { text: 'Passes', tone: 'good' },
  allowed: { text: 'Allowed, untrusted', tone: 'doubtful' },
  'allow-untrusted': { text: 'Allowed, untrusted', tone: 'doubtful' },
  acknowledged: { text: 'Acknowledged', tone: '' },
  muted: { text: 'Muted', tone: '' },
  open: { text: 'Open', tone: 'bad' },
  refused: { text: 'Refused', tone: 'bad' },
  deny: { text: 'Denied', tone: 'bad' },
  error: { text: 'Failed', tone: 'bad' },
  failing: { text: 'Fails', tone: 'bad' },
  unknown: { text: 'Not seen yet', tone: '' },
}
