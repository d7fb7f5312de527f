/** What an import knows of a backend, before it is decided whether it stands in a rule or holds for all. */
import type { RuleInput, Spec, TlsInput } from './importer.ts'
import type { Place, Tell } from './report.ts'
import type { RevocationInput } from './revocation-wish.ts'

/** Everything a rule may get from an import; what is undefined was not said. */
export interface BackendWish {
  readonly verify?: boolean | undefined
  /** The trust store that alone is trusted. */
  readonly store?: string | undefined
  readonly verifyName?: string | undefined
  readonly sni?: boolean | string | undefined
  readonly clientCertificate?: string | undefined
  readonly tls?: TlsInput | undefined
  readonly revocation?: RevocationInput | undefined
}

/** Makes a rule. */
export function ruleFrom(name: string, match: readonly string[], wish: BackendWish): RuleInput {
  const { verify, store, verifyName, sni, clientCertificate, tls, revocation } = wish
  return {
    name,
    match: [...match],
    ...(verify === undefined ? {} : { strictTls: { enabled: verify } }),
    ...(store === undefined ? {} : { trustStores: [store] }),
    ...(verifyName === undefined ? {} : { verifyName }),
    ...(sni === undefined ? {} : { sni }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(tls === undefined ? {} : { tls }),
    ...(revocation === undefined ? {} : { revocation }),
  }
}

/** Makes the settings for all backends. What only a rule can say is the caller's to tell (`tellRuleOnly`). */
export function specFrom({ verify, store, sni, tls, revocation }: BackendWish): Spec {
  const strictTls = {
    ...(verify === undefined ? {} : { enabled: verify }),
    ...(store === undefined ? {} : { defaultTrustStore: store }),
  }
  return {
    ...(Object.keys(strictTls).length === 0 ? {} : { strictTls }),
    ...(typeof sni === 'boolean' ? { sni } : {}),
    ...(tls === undefined ? {} : { tls }),
    ...(revocation === undefined ? {} : { revocation }),
  }
}

/** Says that a line belongs to one backend, and there is none in the document to write a rule for. */
export function tellRuleOnly(at: Place, tell: Tell): void {
  tell(at, 'ignored', 'belongs to the rule of one backend, and none is named here')
}
