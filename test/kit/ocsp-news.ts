import { type News, ocspKey } from '../../src/revocation/revocation-book.ts'

/** What a book of revocation learns when a responder has said this of a certificate. */
export function ocspNews(of: { readonly issuer: string; readonly serial: string }, state: 'good' | 'revoked'): News {
  const answer =
    state === 'good'
      ? ({ state, nextUpdateMs: Date.now() + 60_000 } as const)
      : ({ state, revokedAtMs: 0, reason: 1 } as const)
  const { issuer, serial } = of
  return { facts: [{ kind: 'ocsp', key: ocspKey(issuer, serial), source: 'r', issuer, serial, answer }], gone: [] }
}
