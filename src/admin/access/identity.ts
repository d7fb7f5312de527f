import type { Role } from '../contract.ts'
import type { Area } from '../routes/route.ts'

/** Who is asking. Made in identify.ts and nowhere else. */
export interface Identity {
  /** As the record knows it: a user's name, or `key:` and the name of a key. */
  readonly name: string
  readonly role: Role | 'none'
  readonly by: 'session' | 'key' | 'nobody'
  /** The parts of the API that may be used. */
  readonly areas: 'all' | readonly Area[]
  readonly sessionId: string | null
  readonly idleUntilMs: number | null
  readonly untilMs: number | null
}

/** Somebody who has not said who they are. */
export const nobody: Identity = {
  name: '',
  role: 'none',
  by: 'nobody',
  areas: [],
  sessionId: null,
  idleUntilMs: null,
  untilMs: null,
}
