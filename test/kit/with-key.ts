import { hashToken, makeToken } from '../../src/admin/access/token.ts'
import { addKey } from '../../src/history/api-keys.ts'
import type { TestAdmin } from './start-admin.ts'

/** Makes an API key that holds, but for what is changed of it, and gives its secret; its id is the secret's end. */
export function withKey(admin: TestAdmin, change: Partial<Parameters<typeof addKey>[1]> = {}): string {
  const secret = makeToken('key')
  addKey(admin.history, {
    ...{ id: secret.slice(-8), hash: hashToken(secret), name: 'ci', role: 'operator', areas: ['policy'], createdMs: 1 },
    ...{ createdBy: 'admin', untilMs: Date.now() + 60_000, usedMs: null, revoked: false, ...change },
  })
  return secret
}
