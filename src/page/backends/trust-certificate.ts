/**
 * Trusting one certificate of a chain that was shown: it goes into a trust store by its own fingerprint, and the store
 * into the rule that judges the backend, where it is not there already. Two changes, because the store is files and the
 * rule is policy; the first alone trusts nothing.
 */
import type { Anchor, EditRequest, Explanation, Policy, Upload } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { change, changePolicy } from '../api/change.ts'

export interface TrustWish {
  readonly backend: string
  readonly store: string
  readonly certificate: Pick<Anchor, 'sha256' | 'subject'> & { readonly pem: string }
}

/** Adds the certificate to the store and sees to it that the backend is judged with that store. */
export async function trustCertificate({ backend, store, certificate: { sha256, pem, subject } }: TrustWish) {
  const uploads = `/truststores/${encodeURIComponent(store)}/uploads`
  const { digest, fresh } = await ask<Upload>(uploads, { method: 'POST', body: new Blob([pem]) })
  if (fresh.some((anchor) => anchor.sha256 === sha256)) {
    await change(`${uploads}/${digest}`, { method: 'POST', body: { sha256: [sha256] } })
  }
  const explained = await ask<Explanation>('/explain', { method: 'POST', body: { destination: backend } })
  if (explained.trustStores.some(({ name }) => name === store)) return
  await changePolicy(
    (policy) => editsToUse(store, { rule: explained.rule, policy }),
    `trust ${store} for ${backend}: ${subject}`,
  )
}

/** What has to change in the policy for a rule to trust a store: its own list where it has one, else that of all. */
export function editsToUse(
  store: string,
  { rule, policy: { document } }: { readonly rule: string; readonly policy: Pick<Policy, 'document'> },
): EditRequest['edits'] {
  const spec = (document.spec ?? {}) as Spec
  const index = (spec.rules ?? []).findIndex(({ name }) => name === rule)
  const own = spec.rules?.[index]?.trustStores
  if (own !== undefined) {
    return own.includes(store) ? [] : [{ path: ['spec', 'rules', index, 'trustStores'], value: [...own, store] }]
  }
  const all = spec.strictTls?.customTrustStores ?? []
  return all.includes(store) ? [] : [{ path: ['spec', 'strictTls', 'customTrustStores'], value: [...all, store] }]
}

interface Spec {
  readonly strictTls?: { readonly customTrustStores?: readonly string[] }
  readonly rules?: readonly { readonly name: string; readonly trustStores?: readonly string[] }[]
}
