/**
 * The canonical line: one per request or tunnel, written when it is over. The hot path of the log: a line is made where
 * the last one was, of parts that mostly stay the same and of numbers, and what does not apply is left out.
 */

import { entryOf, faultOf } from '../errors.ts'
import { describeAccess, levelOfAccess } from './access-message.ts'
import type { AccessRecord } from './access-record.ts'
import { AsciiLine } from './ascii-line.ts'
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
  readonly writer: Pick<LineWriter, 'write' | 'writeAscii'>
  /** Only for the pretty format: whether to colour. */
  readonly color?: boolean
}

/** Makes the function that writes one record as one line, or none when its level is not asked for. */
export function createAccessLog(options: AccessLogOptions): (record: AccessRecord) => void {
  const least = levelRank[options.level]
  const print = printerFor(options)
  return function recordAccess(record) {
    const level = levelOfAccess(record)
    if (levelRank[level] >= least) print(record, level)
  }
}

function printerFor({ format, writer, color = false }: AccessLogOptions): (record: AccessRecord, level: Level) => void {
  // A pretty line keeps its letters; the others are ASCII.
  if (format === 'pretty') return (record, level) => writer.write(prettyAccessLine(record, level, color))
  if (format === 'ecs') return (record, level) => writer.write(ecsAccessLine(record, level))
  const line = new AsciiLine()
  return (record) => {
    line.clear()
    printJson(line, record)
    writer.writeAscii(line)
  }
}

/** Prints a record in our own flat format. */
function printJson(line: AsciiLine, r: AccessRecord): void {
  begun.put(line, r)
  line.thousandths(Math.floor(r.timeMs % 1000))
  line.printed(isTunnel(r) ? ofTunnel : ofRequest)
  line.inside(r.requestId)
  if (r.message === '') asked.put(line, r)
  else line.text(printAsked(r))
  line.integer(r.callerPort)
  if (r.callerProtocol !== '') line.text(callerOf(r))
  decided.put(line, r)
  line.integer(r.bytesIn)
  line.text(',"bytesOut":')
  line.integer(r.bytesOut)
  agreed.put(line, r)
  if (r.dnsMs >= 0 || r.connectMs >= 0 || r.tlsMs >= 0) line.text(dialled(r))
  if (r.firstByteMs >= 0) {
    line.text('"firstByte":')
    line.text(msText(r.firstByteMs))
    line.text(',')
  }
  line.text('"total":')
  line.text(msText(r.totalMs))
  line.text('}}\n')
}

function isTunnel({ kind }: AccessRecord): boolean {
  return kind === 'connect' || kind === 'upgrade' || kind === 'service'
}

/** Up to the second; its thousandths follow. */
function printBegin(r: AccessRecord): string {
  return `{"level":"${levelOfAccess(r)}","time":"${isoTime(r.timeMs).slice(0, 'YYYY-MM-DDTHH:MM:SS.'.length)}`
}

/** Up to the caller's port, which follows. */
function printAsked(r: AccessRecord): string {
  return (
    `","message":"${describeAccess(r, jsonInside)}"` +
    `,"entrance":"${r.entrance}","kind":"${r.kind}","method":"${jsonInside(r.method)}"` +
    text('scheme', r.scheme) +
    `,"host":"${jsonInside(r.host)}","port":${r.port}` +
    `,"caller":"${jsonInside(r.caller)}","callerPort":`
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

/** Up to the number of bytes that came, which follows. */
function printDecided(r: AccessRecord): string {
  return (
    text('address', r.address) +
    `,"version":${r.version},"generation":${r.generation},"rule":"${jsonInside(r.rule)}","decision":"${r.decision}"` +
    judged(r) +
    failed(r) +
    (r.status === 0 ? '' : `,"status":${r.status}`) +
    ',"bytesIn":'
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

/** Up to the phases, which follow. */
function printAgreed(r: AccessRecord): string {
  return `,"reused":${r.reused}${r.protocol === '' ? '' : tls(r)},"ms":{`
}

function tls(r: AccessRecord): string {
  return (
    `,"tls":{"protocol":"${jsonInside(r.protocol)}","cipher":"${jsonInside(r.cipher)}"` +
    text('group', r.group) +
    text('sni', r.sni) +
    `,"resumed":${r.resumed}}`
  )
}

/** The phases of a connection that was made for this request. */
function dialled(r: AccessRecord): string {
  return (
    (r.dnsMs < 0 ? '' : `"dns":${msText(r.dnsMs)},`) +
    (r.connectMs < 0 ? '' : `"connect":${msText(r.connectMs)},`) +
    (r.tlsMs < 0 ? '' : `"tls":${msText(r.tlsMs)},`)
  )
}

function text(name: string, value: string): string {
  return value === '' ? '' : `,"${name}":"${jsonInside(value)}"`
}

const [ofTunnel, ofRequest] = ['tunnel', 'request'].map((event) =>
  Buffer.from(`Z","role":"worker","pid":${process.pid},"event":"${event}","requestId":"`),
) as [Buffer, Buffer]

/** Each connection has lists of its own, and nearly always both are empty. */
function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === 0 && b.length === 0)
}

// Most lines tell of the same second, the same route and the same backend as the line before.
const begun = new RepeatedPart(
  printBegin,
  (a, b) =>
    Math.floor(a.timeMs / 1000) === Math.floor(b.timeMs / 1000) &&
    a.error === b.error &&
    a.decision === b.decision &&
    a.callerWarning === b.callerWarning,
)
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
    a.caller === b.caller &&
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
    a.generation === b.generation &&
    a.error === b.error &&
    a.status === b.status,
)
const agreed = new RepeatedPart(
  printAgreed,
  (a, b) =>
    a.reused === b.reused &&
    a.protocol === b.protocol &&
    a.cipher === b.cipher &&
    a.group === b.group &&
    a.sni === b.sni &&
    a.resumed === b.resumed,
)
