import type { ErrorCode } from '../errors.ts'

/** What the demo reads of one line of the product's own access log; the whole line is in docs/operations.md. */
export interface AccessLine {
  readonly event: 'request' | 'tunnel'
  readonly requestId: string
  readonly kind: 'originate' | 'connect' | 'upgrade' | 'plain'
  readonly host: string
  readonly port: number
  readonly decision: 'allow' | 'allow-untrusted' | 'deny' | 'error'
  readonly message: string
  readonly version: number
  readonly rule: string
  readonly error?: ErrorCode
  readonly findings?: readonly string[]
  readonly details?: readonly string[]
  readonly tls?: { readonly protocol: string; readonly cipher: string; readonly group?: string }
}

/** Recognises an access line among the lines of the log; anything else is undefined. */
export function parseAccessLine(line: string): AccessLine | undefined {
  if (!line.startsWith('{')) return undefined
  const parsed = JSON.parse(line) as { event?: unknown }
  return parsed.event === 'request' || parsed.event === 'tunnel' ? (parsed as AccessLine) : undefined
}

/** What the demo reads of a line about a change of the policy or the settings. */
export interface ChangeLine {
  readonly event: 'policy.applied' | 'policy.rejected' | 'settings.rejected'
  readonly message: string
  readonly version?: number
}

/** Recognises a line about a change; anything else is undefined. */
export function parseChangeLine(line: string): ChangeLine | undefined {
  if (!line.startsWith('{')) return undefined
  const parsed = JSON.parse(line) as { event?: unknown }
  return changeEvents.some((event) => event === parsed.event) ? (parsed as ChangeLine) : undefined
}

const changeEvents = ['policy.applied', 'policy.rejected', 'settings.rejected'] as const

/** Words a change as the transcript shows it: `v2 in force`, or why it is not. */
export function describeChange({ event, message, version }: ChangeLine): string {
  return event === 'policy.applied'
    ? `v${version} in force`
    : `rejected: ${message.replace('the change is refused: ', '')}`
}

/** The word each decision has in the transcript, and its colour. */
export const decisionWords = {
  allow: { word: 'ALLOW', color: 'green' },
  'allow-untrusted': { word: 'ALLOW, LOG', color: 'yellow' },
  deny: { word: 'DENY', color: 'red' },
  error: { word: 'FAIL', color: 'magenta' },
} as const

type DecisionColor = (typeof decisionWords)[AccessLine['decision']]['color']

const WORD_WIDTH = 'ALLOW, LOG'.length
const AUTHORITY_WIDTH = 'allowed-untrusted.demo.localhost:65535'.length

/** Words one access line as the transcript shows it; `paint` colours the decision. */
export function describeLine(line: AccessLine, paint: (color: DecisionColor, text: string) => string): string {
  const { word, color } = decisionWords[line.decision]
  const authority = `${line.host}:${line.port}`.padEnd(AUTHORITY_WIDTH)
  return `${paint(color, word.padEnd(WORD_WIDTH))} ${authority} ${reasonOf(line)}`
}

function reasonOf(line: AccessLine): string {
  const settled = line.tls === undefined ? [] : [line.tls.protocol.replace('TLSv', 'TLS '), line.tls.group ?? '']
  const facts = settled.filter((fact) => fact !== '').join('  ')
  if (line.decision === 'allow') return facts
  const why = line.details === undefined || line.details.length === 0 ? line.message : line.details.join('; ')
  return line.decision === 'allow-untrusted' ? `${facts}  ${why}` : why
}
