/** What the metrics say of dials: how long each phase took, what was agreed on, which findings there were. */
import type { Counters } from '../observe/counters.ts'
import { exceptionIdOf } from '../policy/exception-id.ts'
import type { ExceptionRecord } from '../policy/policy.ts'
import type { Verdict } from '../policy/verdict.ts'
import type { DialPhases, TlsFacts } from './verified-backend.ts'

interface HandshakeFacts {
  readonly tls: TlsFacts
  readonly verdict: Verdict
  /** Those without which it would have been refused. */
  readonly exceptions: readonly ExceptionRecord[]
  readonly phases: DialPhases
}

/** Counts a handshake that was completed, whatever the verdict. */
export function countHandshake(
  counters: Counters | undefined,
  { tls, verdict, exceptions, phases }: HandshakeFacts,
): void {
  if (counters === undefined) return
  const { protocol, cipher, group } = tls
  counters.tlsHandshakes({ result: 'ok', protocol, cipher, group, resumed: String(tls.resumed) }).add(1)
  const enforced = String(verdict.outcome === 'refused')
  for (const { name } of verdict.blocking) counters.verifyFailures({ reason: name, enforced }).add(1)
  for (const each of exceptions) counters.exceptionUses({ exception: exceptionIdOf(each) }).add(1)
  countPhases(counters, phases)
}

/** Counts a dial that failed before there was anything to judge. */
export function countFailure(
  counters: Counters | undefined,
  { isHandshake, phases }: { isHandshake: boolean; phases: DialPhases },
): void {
  if (counters === undefined) return
  if (isHandshake) {
    counters.tlsHandshakes({ result: 'fail', protocol: '', cipher: '', group: '', resumed: 'false' }).add(1)
  }
  countPhases(counters, phases)
}

function countPhases(counters: Counters, { dnsMs, connectMs, tlsMs }: DialPhases): void {
  counters.connectDuration({ phase: 'dns' }).observe(dnsMs / 1000)
  if (connectMs > 0) counters.connectDuration({ phase: 'connect' }).observe(connectMs / 1000)
  if (tlsMs > 0) counters.connectDuration({ phase: 'tls' }).observe(tlsMs / 1000)
}
