/** The part of a policy document that the form shows, with defaults filled in as the API does. */
import type { Check, EditRequest } from '../../admin/contract.ts'

/** One value to be put into the document, or a key to be taken out of it. */
export type Edit = EditRequest['edits'][number]

export interface StrictTls {
  readonly enabled: boolean
  readonly enforcement: 'enforce' | 'report'
  readonly defaultTrustStore: string
  readonly customTrustStores: readonly string[]
  readonly allowUntrusted: boolean
}

export interface TlsChoice {
  readonly configuration: 'default' | 'custom'
  readonly profile?: string
  readonly protocols?: readonly string[]
  readonly ciphers?: readonly string[]
  readonly groups?: readonly string[]
  readonly signatureAlgorithms?: readonly string[]
  readonly postQuantum: 'off' | 'compatible' | 'prefer'
}

/** A destination as the API has read it. */
interface Authority {
  readonly authority: string
}

export interface ExceptionEntry {
  readonly backend: Authority
  readonly findings: readonly string[]
  /** Milliseconds since the epoch: the first moment at which it no longer holds. */
  readonly until: number
  readonly owner: string
  readonly reason: string
}

export interface PolicyTest {
  readonly destination: Authority
  readonly expect: 'trusted' | 'allowed' | 'refused'
}

/** A rule as the form shows it; whatever else it says stands beside. */
interface RuleEntry {
  readonly name: string
  readonly match: readonly { readonly text: string }[]
  readonly action: 'allow' | 'deny'
  readonly plaintext?: boolean
}

export interface Spec {
  readonly strictTls: StrictTls
  readonly sni: boolean
  readonly tls: TlsChoice
  readonly revocation: { readonly mode: 'off' | 'soft' | 'hard' }
  readonly destinations: { readonly unlisted: 'allow' | 'deny' }
  readonly rules: readonly RuleEntry[]
  readonly exceptions: readonly ExceptionEntry[]
  readonly tests: readonly PolicyTest[]
}

/** Gives what stands under `spec`; undefined where the text makes no document. */
export function specOf({ document }: Check): Spec | undefined {
  return document === null ? undefined : (document.spec as Spec)
}
