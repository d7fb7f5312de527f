import type { Session } from '../../admin/contract.ts'
import { SignIn } from './sign-in.tsx'

/** The first run. */
export function SetUp(_: { readonly session: Session | null }) {
  return <SignIn />
}
