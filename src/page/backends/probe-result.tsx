import type { Probe } from '../../admin/contract.ts'
import { describePhase } from '../show/describe-amount.ts'
import { describeRule } from '../show/describe-rule.ts'
import { Facts } from '../show/facts.tsx'
import { Findings } from '../show/findings.tsx'
import { Outcome } from '../show/outcome.tsx'

/** What a probe brought: a verdict with its findings, or why there is none. */
export function ProbeResult({
  probe: { verdict, failure, allowed, rule, tls, address, ms },
}: {
  readonly probe: Probe
}) {
  if (!allowed) return <p>Not dialled: the policy denies this destination ({describeRule(rule)}).</p>
  if (failure !== null) {
    return (
      <p>
        <strong>{failure.code}</strong> {failure.message} <span className="quiet">{failure.hint}</span>
      </p>
    )
  }
  if (verdict === null) return <p>There was no TLS to judge.</p>
  return (
    <>
      <Facts
        facts={[
          ['Verdict now', <Outcome key="outcome" outcome={verdict.outcome} />],
          ['Would be refused', verdict.wouldRefuse ? 'yes, if anything were enforced' : ''],
          ['Because of', verdict.because.join(', ')],
          ['Agreed on', tls === null ? 'nothing' : `${tls.protocol}, ${tls.cipher}, ${tls.group}`],
          ['Address', address],
          [
            'Took',
            ms === null
              ? ''
              : `DNS ${describePhase(ms.dns)}, connect ${describePhase(ms.connect)}, TLS ${describePhase(ms.tls)}`,
          ],
        ]}
      />
      <Findings findings={verdict.findings} withFix />
    </>
  )
}
