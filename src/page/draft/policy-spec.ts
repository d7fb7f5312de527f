/** The part of a policy document that the form shows, with defaults filled in as the API does. */
import type { Check } from '../../admin/contract.ts'

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

export interface Spec {
  readonly strictTls: StrictTls
  readonly sni: boolean
  readonly tls: TlsChoice
  readonly destinations: { readonly unlisted: 'allow' | 'deny' }
  readonly rules: readonly { readonly name: string; readonly plaintext?: boolean }[]
}

/** Gives what stands under `spec`; undefined where the text makes no document. */
export function specOf({ document }: Check): Spec | undefined {
  return document === null ? undefined : (document.spec as Spec)
}
