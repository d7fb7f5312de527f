/**
 * The access line under the names of the Elastic Common Schema (8.11). What ECS has no name for stands under
 * `vedette`, with the words of our own format.
 */

import { entryOf, faultOf } from '../errors.ts'
import { describeAccess } from './access-message.ts'
import type { AccessRecord } from './access-record.ts'
import { jsonInside, jsonString } from './json-string.ts'
import type { Level } from './level.ts'
import { isoTime, msText } from './numbers.ts'

/** The head every ECS line starts with, after its time. */
export const ecsVersion = '8.11.0'

/** Prints a record as one ECS document. */
export function ecsAccessLine(r: AccessRecord, level: Level): string {
  return (
    `{"@timestamp":"${isoTime(r.timeMs)}","log.level":"${level}","message":"${jsonInside(describeAccess(r))}"` +
    `,"ecs.version":"${ecsVersion}","service":{"name":"vedette"},"process":{"pid":${process.pid}}` +
    event(r) +
    `,"client":{"ip":"${jsonInside(r.caller)}","port":${r.callerPort},"bytes":${r.bytesOut}}` +
    destination(r) +
    `,"network":{"transport":"tcp","protocol":"${protocolOf(r)}"}` +
    (r.kind === 'service' ? '' : http(r)) +
    (r.protocol === '' ? '' : tls(r)) +
    `,"rule":{"name":"${jsonInside(r.rule)}","version":"${r.version}"}` +
    (r.error === '' ? '' : `,"error":{"code":"${r.error}","message":${jsonString(describeAccess(r))}}`) +
    own(r) +
    '}\n'
  )
}

function event(r: AccessRecord): string {
  const allowed = r.decision === 'allow' || r.decision === 'allow-untrusted'
  const type = r.decision === 'error' ? '"connection","error"' : `"connection","${allowed ? 'allowed' : 'denied'}"`
  const outcome = r.error === '' && allowed ? 'success' : 'failure'
  const reason = reasonOf(r)
  return (
    `,"event":{"kind":"event","category":["network"],"type":[${type}],"action":"${r.kind}","outcome":"${outcome}"` +
    (reason === '' ? '' : `,"reason":"${reason}"`) +
    (r.error === '' ? '' : `,"reference":"${entryOf(r.error)}"`) +
    `,"duration":${Math.round(r.totalMs * 1e6)}}`
  )
}

/** Findings say more than the code that only tells that there were some. */
function reasonOf(r: AccessRecord): string {
  return r.findings.length > 0 ? r.findings.map((finding) => finding.name).join(' ') : r.error
}

function protocolOf({ kind, protocol }: AccessRecord): string {
  if (kind === 'service') return protocol === '' ? 'unknown' : 'tls'
  return kind === 'connect' ? 'tls' : 'http'
}

function destination(r: AccessRecord): string {
  const ip = r.address === '' ? '' : `,"ip":"${jsonInside(r.address)}"`
  return `,"destination":{"domain":"${jsonInside(r.host)}","port":${r.port}${ip},"bytes":${r.bytesIn}}`
}

function http(r: AccessRecord): string {
  const status = r.status === 0 ? '' : `,"response":{"status_code":${r.status}}`
  return `,"http":{"request":{"method":"${jsonInside(r.method)}","id":"${jsonInside(r.requestId)}"}${status}}`
}

function tls(r: AccessRecord): string {
  const curve = r.group === '' ? '' : `,"curve":"${jsonInside(r.group)}"`
  const sni = r.sni === '' ? '' : `,"client":{"server_name":"${jsonInside(r.sni)}"}`
  // ECS wants "1.3" where Node says "TLSv1.3", and TLS 1.0 is "TLSv1" there.
  const version = r.protocol === 'TLSv1' ? '1.0' : jsonInside(r.protocol.replace('TLSv', ''))
  return (
    `,"tls":{"version":"${version}","version_protocol":"tls","cipher":"${jsonInside(r.cipher)}"${curve}${sni}` +
    `,"established":${r.verdict !== 'refused'},"resumed":${r.resumed}}`
  )
}

function own(r: AccessRecord): string {
  const judged = r.verdict === '' ? '' : `,"verdict":"${r.verdict}","would_refuse":${r.wouldRefuse}`
  const details = r.findings.map((finding) => jsonString(finding.detail)).join()
  const because = r.because.map(jsonString).join()
  return (
    `,"vedette":{"entrance":"${r.entrance}","generation":${r.generation},"decision":"${r.decision}"${judged}` +
    (r.findings.length === 0 ? '' : `,"findings":[${r.findings.map((finding) => `"${finding.name}"`).join()}]`) +
    (details === '' ? '' : `,"details":[${details}]`) +
    (because === '' ? '' : `,"because":[${because}]`) +
    (r.error === '' ? '' : `,"fault":"${faultOf(r.error)}"`) +
    callerOf(r) +
    `,"reused":${r.reused}${phase('dns_ms', r.dnsMs)}${phase('connect_ms', r.connectMs)}${phase('tls_ms', r.tlsMs)}` +
    `${phase('first_byte_ms', r.firstByteMs)}}`
  )
}

function callerOf(r: AccessRecord): string {
  const said = { caller_protocol: r.callerProtocol, caller_identity: r.callerIdentity, caller_warning: r.callerWarning }
  return Object.entries(said)
    .map(([name, text]) => (text === '' ? '' : `,"${name}":${jsonString(text)}`))
    .join('')
}

function phase(name: string, ms: number): string {
  return ms < 0 ? '' : `,"${name}":${msText(ms)}`
}
