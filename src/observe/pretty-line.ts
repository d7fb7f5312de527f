/** Lines for people at a terminal: access records and events, coloured when asked. Never parsed by a program. */

import { describeAccess } from './access-message.ts'
import type { AccessRecord } from './access-record.ts'
import { visibleText } from './json-string.ts'
import type { Level } from './level.ts'
import { isoTime, msText } from './numbers.ts'

/** Prints a record as one line: who asked for what, what came of it, and how long it took. */
export function prettyAccessLine(r: AccessRecord, level: Level, color: boolean): string {
  const word = paint(r.decision.toUpperCase().padEnd(decisionWidth), decisionColors[r.decision], color)
  const host = r.host.includes(':') ? `[${r.host}]` : r.host
  const facts = [
    r.status === 0 ? '' : String(r.status),
    r.callerIdentity === '' ? '' : `caller ${r.callerIdentity}`,
    r.callerWarning,
    r.protocol === '' ? '' : `${r.protocol} ${r.group}`.trim(),
    r.rule === '' ? '' : `rule ${r.rule}`,
    `v${r.version}`,
    r.findings.map((finding) => `${finding.name} (${finding.detail})`).join(', '),
    r.wouldRefuse ? 'would be refused' : '',
    r.error,
    r.message === '' ? '' : describeAccess(r),
    `${msText(r.totalMs)} ms`,
  ]
  const rest = facts.filter((fact) => fact !== '').join('  ')
  const line = `${paint(clock(r.timeMs), 'dim', color)} ${word} ${visibleText(`${r.method} ${host}:${r.port}  ${rest}`)}`
  return `${level === 'error' ? paint(line, 'bold', color) : line}\n`
}

export interface PrettyEvent {
  readonly timeMs: number
  readonly level: Level
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Prints an event as one line, its fields behind the message. */
export function prettyEventLine(event: PrettyEvent, color: boolean): string {
  const word = paint(event.level.toUpperCase().padEnd(decisionWidth), levelColors[event.level], color)
  const fields = Object.entries(event.fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
  const tail = fields === '' ? '' : `  ${paint(visibleText(fields), 'dim', color)}`
  return `${paint(clock(event.timeMs), 'dim', color)} ${word} ${visibleText(event.message)}${tail}\n`
}

type Color = 'dim' | 'bold' | 'green' | 'yellow' | 'red' | 'none'

function paint(text: string, color: Color, enabled: boolean): string {
  const code = colorCodes[color]
  return enabled && code !== 0 ? `\x1b[${code}m${text}\x1b[0m` : text
}

function clock(timeMs: number): string {
  return isoTime(timeMs).slice(11, 23)
}

const colorCodes: Readonly<Record<Color, number>> = { none: 0, bold: 1, dim: 2, red: 31, green: 32, yellow: 33 }
const decisionColors = { allow: 'green', 'allow-untrusted': 'yellow', deny: 'red', error: 'red' } as const
const levelColors = { debug: 'dim', info: 'none', warn: 'yellow', error: 'red' } as const
const decisionWidth = 'ALLOW-UNTRUSTED'.length
