import type { BackendDetail } from '../../admin/contract.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Switch } from '../parts/switch.tsx'
import { Time } from '../parts/time.tsx'
import { useMay } from '../session/session-context.ts'
import { describeInterval } from '../show/describe-time.ts'
import { Outcome } from '../show/outcome.tsx'
import { switchBackend } from './health-edits.ts'
import { useHealthSwitch } from './use-health-switch.ts'

/** The last health check of a backend, and the switch of its own: it holds whatever its rule and the policy say. */
export function HealthSwitch({ known: { backend, checkEveryMs, health } }: { readonly known: BackendDetail }) {
  const mayChange = useMay('operator')
  const switching = useHealthSwitch(backend, (document, enabled) => switchBackend(document, { backend, enabled }))
  return (
    <section aria-label="Health checks">
      <h3>Health checks</h3>
      {health !== null && (
        <p>
          <Outcome outcome={health.ok ? 'ok' : 'failing'} /> {health.detail} <Time ms={health.checkedMs} />
        </p>
      )}
      <Switch
        title="Check this backend by itself"
        isOn={switching.isPending ? switching.variables : checkEveryMs !== null}
        isDisabled={!mayChange || switching.isPending}
        onSwitch={switching.mutate}
      >
        {checkEveryMs !== null && `A handshake every ${describeInterval(checkEveryMs)}, without a request. `}
        Applied at once, as a version of its own.
      </Switch>
      <ProblemNote error={switching.error} />
    </section>
  )
}
