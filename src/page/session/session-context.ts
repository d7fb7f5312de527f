import { createContext, useContext } from 'react'
import type { Role, Session } from '../../admin/contract.ts'

/** Who is signed in; only what the frame shows may ask. */
export const SessionContext = createContext<Session | null>(null)

/** Tells who is signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('this is shown inside the frame only')
  return session
}

/** Tells whether whoever is signed in may do what takes this role. The API decides; the page only spares a refusal. */
export function useMay(role: Role): boolean {
  return ranks.indexOf(useSession().role) >= ranks.indexOf(role)
}

const ranks: readonly Role[] = ['viewer', 'operator', 'admin']
