/** Backends: what each was last seen to be, and everything about one of them at a closer look. */
import { useQuery } from '@tanstack/react-query'
import type { Backend } from '../../admin/contract.ts'
import { queries } from '../api/queries.ts'
import { Answered } from '../parts/answered.tsx'
import { Empty } from '../parts/empty.tsx'
import { Screen } from '../parts/screen.tsx'
import { useQueryWord } from '../router/location.ts'
import { useMay } from '../session/session-context.ts'
import { nameRule } from '../show/describe-rule.ts'
import { BackendDrawer } from './backend-drawer.tsx'
import { BackendTable } from './backend-table.tsx'
import { HealthForAll } from './health-for-all.tsx'
import { ProbeAll } from './probe-all.tsx'
import '../styles/looks.css'

export function BackendsScreen() {
  const backends = useQuery({ ...queries.backends, refetchInterval: LOOK_AGAIN_MS })
  const [words, setWords] = useQueryWord('filter')
  const [outcome, setOutcome] = useQueryWord('outcome')
  const [opened, open] = useQueryWord('backend')
  const mayProbe = useMay('operator')
  return (
    <Screen title="Backends">
      <Answered query={backends}>
        {({ items }) => {
          const shown = items.filter((backend) => fits(backend, { words, outcome }))
          return (
            <>
              <search className="row looks-filter">
                <label className="field">
                  Backend, rule or finding
                  <input type="search" value={words} onChange={({ target }) => setWords(target.value)} />
                </label>
                <label className="field">
                  Last verdict
                  <select value={outcome} onChange={({ target }) => setOutcome(target.value)}>
                    <option value="">All</option>
                    <option value="trusted">Trusted</option>
                    <option value="allowed">Allowed, untrusted</option>
                    <option value="refused">Refused</option>
                    <option value="unknown">Not seen yet</option>
                  </select>
                </label>
                {mayProbe && <ProbeAll backends={shown} />}
              </search>
              <HealthForAll />
              {items.length === 0 ? (
                <Empty title="No backend is known yet.">
                  <p>Point an application at the proxy, or name a backend in a rule of the policy.</p>
                </Empty>
              ) : (
                <BackendTable backends={shown} onOpen={open} />
              )}
            </>
          )
        }}
      </Answered>
      {opened !== '' && <BackendDrawer key={opened} backend={opened} onClose={() => open('')} />}
    </Screen>
  )
}

function fits(backend: Backend, { words, outcome }: { readonly words: string; readonly outcome: string }): boolean {
  if (outcome !== '' && backend.outcome !== outcome) return false
  const text = `${backend.backend} ${nameRule(backend.rule)} ${backend.findings.join(' ')}`.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** Checks go on without anybody asking for them. */
const LOOK_AGAIN_MS = 5000
