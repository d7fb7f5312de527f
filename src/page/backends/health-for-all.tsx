import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/queries.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Switch } from '../parts/switch.tsx'
import { useMay } from '../session/session-context.ts'
import { describeInterval } from '../show/describe-time.ts'
import { healthChecksIn, switchAll } from './health-edits.ts'
import { useHealthSwitch } from './use-health-switch.ts'

/** Switches health checks for all backends that have no word of their own. */
export function HealthForAll() {
  const policy = useQuery(queries.policy)
  const mayChange = useMay('operator')
  const switching = useHealthSwitch('all backends', (_document, enabled) => switchAll(enabled))
  if (policy.data === undefined) return null
  const { enabled, every, seen } = healthChecksIn(policy.data.document)
  const whom = seen ? 'Those that are named and those that traffic met lately' : 'Those that are named'
  return (
    <>
      <Switch
        title="Check all backends by themselves"
        isOn={switching.isPending ? switching.variables : enabled}
        isDisabled={!mayChange || switching.isPending}
        onSwitch={switching.mutate}
      >
        {whom}, every {describeInterval(every)}; rules and single backends may say otherwise. Applied at once.
      </Switch>
      <ProblemNote error={switching.error} />
    </>
  )
}
