/**
 * The canonical line: one per request or tunnel, written when it is over. The hot path of the log: strings are
 * concatenated, nothing is built in between, and what does not apply is left out.
 */

import { entryOf, faultOf } from '../errors.ts'
import { describeAccess, levelOfAccess } from './access-message.ts'
import type { AccessRecord } from './access-record.ts'
import { ecsAccessLine } from './ecs-line.ts'
import { jsonInside, jsonString } from './json-string.ts'
import { type Level, levelRank } from './level.ts'
import type { LineWriter } from './line-writer.ts'
import { isoTime, msText } from './numbers.ts'
import { prettyAccessLine } from './pretty-line.ts'
import { RepeatedPart } from './repeated-part.ts'

export interface AccessLogOptions {
  readonly format: 'json' | 'ecs' | 'pretty'
  readonly level: Level
  readonly writer: Pick<LineWriter, 'write'>
  /** Only for the pretty format: whether to colour. */
  readonly color?: boolean
}

/** Makes the function that writes one record as one line, or none when its level is not asked for. */
export function createAccessLog(options: AccessLogOptions): (record: AccessRecord) => void {
  const { writer } = options
  const least = levelRank[options.level]
  const print = printerFor(options)
  return function recordAccess(record) {
    const level = levelOfAccess(record)
    if (levelRank[level] < least) return
    const line = print(record, level)
    // JSON lines are ASCII; a pretty line keeps its letters.
    if (options.format === 'pretty') writer.write(line)
    else writer.write(line, line.length)
  }
}

function printerFor(options: AccessLogOptions): (record: AccessRecord, level: Level) => string {
  if (options.format === 'ecs') return ecsAccessLine
  if (options.format === 'pretty') return (record, level) => prettyAccessLine(record, level, options.color === true)
  return jsonAccessLine
}

/** Prints a record in our own flat format. */
export function jsonAccessLine(r: AccessRecord, level: Level): string {
  return (
    `{"level":"${level}","time":"${isoTime(r.timeMs)}${fixedTail}${eventOf(r)}` +
    `","requestId":"${jsonInside(r.requestId)}"` +
    (r.message === '' ? asked.of(r) : printAsked(r)) +
    `,"caller":"${jsonInside(r.caller)}","callerPort":${r.callerPort}` +
    (r.callerProtocol === '' ? '' : callerOf(r)) +
    decided.of(r) +
    failed(r) +
    (r.status === 0 ? '' : `,"status":${r.status}`) +
    `,"bytesIn":${r.bytesIn},"bytesOut":${r.bytesOut},"reused":${r.reused}` +
    (r.protocol === '' ? '' : agreed.of(r)) +
    phases(r) +
    '}\n'
  )
}

/** What is known of a caller that speaks TLS with us. */
function callerOf(r: AccessRecord): string {
  return (
    text('callerProtocol', r.callerProtocol) +
    text('callerIdentity', r.callerIdentity) +
    text('callerWarning', r.callerWarning)
  )
}

function eventOf({ kind }: AccessRecord): 'tunnel' | 'request' {
  return kind === 'connect' || kind === 'upgrade' || kind === 'service' ? 'tunnel' : 'request'
}

function printAsked(r: AccessRecord): string {
  return (
    `,"message":"${describeAccess(r, jsonInside)}"` +
    `,"entrance":"${r.entrance}","kind":"${r.kind}","method":"${jsonInside(r.method)}"` +
    text('scheme', r.scheme) +
    `,"host":"${jsonInside(r.host)}","port":${r.port}`
  )
}

function printDecided(r: AccessRecord): string {
  return (
    text('address', r.address) +
    `,"version":${r.version},"generation":${r.generation},"rule":"${jsonInside(r.rule)}","decision":"${r.decision}"` +
    judged(r)
  )
}

function judged(r: AccessRecord): string {
  if (r.verdict === '') return ''
  const out = `,"verdict":"${r.verdict}"`
  if (r.findings.length === 0) return out
  let names = ''
  let details = ''
  for (const finding of r.findings) {
    const comma = names === '' ? '' : ','
    names += `${comma}"${finding.name}"`
    details += `${comma}"${jsonInside(finding.detail)}"`
  }
  const because = r.because.length === 0 ? '' : `,"because":[${r.because.map(jsonString).join()}]`
  return `${out},"findings":[${names}],"details":[${details}],"wouldRefuse":${r.wouldRefuse}${because}`
}

function failed(r: AccessRecord): string {
  return r.error === '' ? '' : `,"error":"${r.error}","fault":"${faultOf(r.error)}","see":"${entryOf(r.error)}"`
}

function printAgreed(r: AccessRecord): string {
  return (
    `,"tls":{"protocol":"${jsonInside(r.protocol)}","cipher":"${jsonInside(r.cipher)}"` +
    text('group', r.group) +
    text('sni', r.sni) +
    `,"resumed":${r.resumed}}`
  )
}

function phases(r: AccessRecord): string {
  return (
    `,"ms":{` +
    (r.dnsMs < 0 ? '' : `"dns":${msText(r.dnsMs)},`) +
    (r.connectMs < 0 ? '' : `"connect":${msText(r.connectMs)},`) +
    (r.tlsMs < 0 ? '' : `"tls":${msText(r.tlsMs)},`) +
    (r.firstByteMs < 0 ? '' : `"firstByte":${msText(r.firstByteMs)},`) +
    `"total":${msText(r.totalMs)}}`
  )
}

function text(name: string, value: string): string {
  return value === '' ? '' : `,"${name}":"${jsonInside(value)}"`
}

const fixedTail = `","role":"worker","pid":${process.pid},"event":"`

/** Each connection has lists of its own, and nearly always both are empty. */
function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === 0 && b.length === 0)
}

// Most lines tell of the same route and the same backend as the line before.
const asked = new RepeatedPart(
  printAsked,
  (a, b) =>
    a.method === b.method &&
    a.host === b.host &&
    a.port === b.port &&
    a.scheme === b.scheme &&
    a.kind === b.kind &&
    a.entrance === b.entrance &&
    a.decision === b.decision &&
    isSameList(a.findings, b.findings),
)
const decided = new RepeatedPart(
  printDecided,
  (a, b) =>
    a.address === b.address &&
    a.rule === b.rule &&
    a.decision === b.decision &&
    a.verdict === b.verdict &&
    isSameList(a.findings, b.findings) &&
    isSameList(a.because, b.because) &&
    a.wouldRefuse === b.wouldRefuse &&
    a.version === b.version &&
    a.generation === b.generation,
)
const agreed = new RepeatedPart(
  printAgreed,
  (a, b) =>
    a.protocol === b.protocol &&
    a.cipher === b.cipher &&
    a.group === b.group &&
    a.sni === b.sni &&
    a.resumed === b.resumed,
)
