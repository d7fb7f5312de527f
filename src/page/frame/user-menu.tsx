import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Session } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { discard } from '../draft/draft.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Link } from '../router/link.tsx'
import { showShortcuts } from './shortcut-keys.tsx'
import { TimeZoneSwitch } from './time-zone-switch.tsx'

/** Who is signed in, and the way out. */
export function UserMenu({ session: { name, role } }: { readonly session: Session }) {
  const client = useQueryClient()
  const signOut = useMutation({
    // Without a session, or with one that is over, it is done.
    mutationFn: () => ask('/session', { method: 'DELETE', alsoAnswers: 401 }),
    onSuccess: () => {
      discard()
      client.setQueryData(['session'], null)
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
    },
  })
  return (
    <details className="menu">
      <summary>
        {name} <span className="quiet">({role})</span>
      </summary>
      <ul className="menu-list">
        <li>
          <Link to="/system">Password and sessions</Link>
        </li>
        <li>
          <TimeZoneSwitch />
        </li>
        <li>
          <button type="button" onClick={showShortcuts}>
            Keyboard shortcuts
          </button>
        </li>
        <li>
          <button type="button" onClick={() => signOut.mutate()}>
            Sign out
          </button>
        </li>
        {signOut.error !== null && (
          <li>
            <ProblemNote error={signOut.error} title="You are still signed in" />
          </li>
        )}
      </ul>
    </details>
  )
}
