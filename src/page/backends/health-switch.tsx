import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { BackendDetail, PolicyDocument } from '../../admin/contract.ts'
import { changePolicy } from '../api/change.ts'
import { queries } from '../api/queries.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Time } from '../parts/time.tsx'
import { toast } from '../parts/toasts.tsx'
import { useMay } from '../session/session-context.ts'
import { Outcome } from '../show/outcome.tsx'

/** Switches the health checks of the rule that names a backend; where no rule does, it says so. */
export function HealthSwitch({ known: { rule, configured, health } }: { readonly known: BackendDetail }) {
  const client = useQueryClient()
  const policy = useQuery(queries.policy)
  const mayChange = useMay('operator')
  const index = policy.data === undefined ? -1 : rulesIn(policy.data.document).findIndex(({ name }) => name === rule)
  const isOn = policy.data !== undefined && rulesIn(policy.data.document)[index]?.healthCheck?.enabled === true
  const switching = useMutation({
    mutationFn: (enabled: boolean) =>
      changePolicy(
        ({ document }) => {
          const at = rulesIn(document).findIndex(({ name }) => name === rule)
          return [{ path: ['spec', 'rules', at, 'healthCheck', 'enabled'], value: enabled }]
        },
        `health checks of ${rule} ${enabled ? 'on' : 'off'}`,
      ),
    onSuccess: (_done, enabled) => {
      toast(`Health checks of ${rule} are ${enabled ? 'on' : 'off'}.`)
      for (const key of ['backends', 'policy']) void client.invalidateQueries({ queryKey: [key] })
    },
  })
  return (
    <section aria-label="Health checks">
      <h3>Health checks</h3>
      {health !== null && (
        <p>
          <Outcome outcome={health.ok ? 'ok' : 'failing'} /> {health.detail} <Time ms={health.checkedMs} />
        </p>
      )}
      {!configured || index === -1 ? (
        <p className="quiet">Only backends that a rule names are checked by themselves.</p>
      ) : (
        <label className="choice">
          <input
            type="checkbox"
            role="switch"
            aria-checked={isOn}
            checked={isOn}
            disabled={!mayChange || switching.isPending}
            onChange={({ target }) => switching.mutate(target.checked)}
          />
          <span>
            Check the backends of rule {rule}
            <span>Applied at once, as a version of its own.</span>
          </span>
        </label>
      )}
      <ProblemNote error={switching.error} />
    </section>
  )
}

interface RuleEntry {
  readonly name: string
  readonly healthCheck?: { readonly enabled?: boolean }
}

function rulesIn(document: PolicyDocument): readonly RuleEntry[] {
  return (document.spec as { readonly rules?: readonly RuleEntry[] } | undefined)?.rules ?? []
}
