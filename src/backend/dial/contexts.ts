/**
 * OpenSSL contexts, one for each distinct (trust stores, offer, key pair) of a snapshot. Making one with a hundred
 * authorities costs milliseconds, so they are made once and shared by all rules that ask for the same.
 */
import crypto from 'node:crypto'
import tls from 'node:tls'
import { SidecarError } from '../../errors.ts'
import { classicOffer, type Offer, offerOf } from '../../policy/describe/effective-offer.ts'
import type { Rule } from '../../policy/policy.ts'
import type { Identity, Snapshot } from '../../settings/snapshot.ts'
import { emptyPool, type IntermediatePool } from '../../truststore/intermediate-pool.ts'
import type { IssuerBook } from '../../truststore/issuer-book.ts'
import type { TrustSet } from '../../truststore/trust-set.ts'
import { Anchors } from '../judge/anchors.ts'
import { Intermediates } from '../judge/intermediates.ts'
import { optionsOf } from './tls-options.ts'

/** What a dial under a rule needs of OpenSSL. */
export interface RuleContext {
  readonly secure: tls.SecureContext
  /** Gives one without post-quantum groups; undefined where the rule has none of them, or no others. */
  readonly classic: (() => tls.SecureContext) | undefined
  readonly anchors: Anchors
  readonly intermediates: Intermediates
}

type Material = Pick<Snapshot, 'trust' | 'identities' | 'intermediates'>

export class Contexts {
  readonly #material: Material
  readonly #issuers: IssuerBook | undefined
  readonly #byRule = new Map<Rule, RuleContext>()
  readonly #byContent = new Map<string, RuleContext>()

  /** `issuers` are those that were fetched; only rules that want them get to see them. */
  constructor(material: Material, issuers?: IssuerBook) {
    this.#material = material
    this.#issuers = issuers
  }

  /** The context of a rule, made on first use. Throws an OPERATOR_ error that names the rule. */
  of(rule: Rule): RuleContext {
    let context = this.#byRule.get(rule)
    if (context === undefined) {
      context = this.#make(rule)
      this.#byRule.set(rule, context)
    }
    return context
  }

  #make(rule: Rule): RuleContext {
    const sets = rule.trustStores.map((name) => this.#trustSet(rule, name))
    const identity = this.#identity(rule)
    const offer = offerOf(rule)
    const pool = rule.chainRepair === 'off' ? emptyPool : this.#material.intermediates
    const fetched = rule.chainRepair === 'aia' ? this.#issuers : undefined
    const content = contentKey({ sets, pool, offer, identity, fetches: fetched !== undefined })
    const anchors = new Anchors(sets)
    const context = this.#byContent.get(content) ?? {
      secure: makeContext(rule, { sets, anchors, pool, offer, identity }),
      classic: classicContext(rule, { sets, anchors, pool, offer, identity }),
      anchors,
      intermediates: new Intermediates(pool, fetched),
    }
    this.#byContent.set(content, context)
    return context
  }

  #trustSet(rule: Rule, name: string): TrustSet {
    const set = this.#material.trust[name]
    if (set !== undefined) return set
    throw new SidecarError('OPERATOR_BAD_TRUST_STORE', `rule ${rule.name}: trust store ${name} is not loaded`, {
      details: { rule: rule.name, store: name },
    })
  }

  #identity(rule: Rule): Identity | undefined {
    if (rule.clientCertificate === undefined) return undefined
    const identity = this.#material.identities[rule.clientCertificate]
    if (identity !== undefined) return checked(rule, identity)
    throw badIdentity(rule, rule.clientCertificate, 'is not loaded')
  }
}

/** Makes every context of a snapshot: what cannot be offered is told before a request needs it. */
export function buildContexts(snapshot: Material & Pick<Snapshot, 'policy'>, issuers?: IssuerBook): Contexts {
  const contexts = new Contexts(snapshot, issuers)
  for (const rule of [...snapshot.policy.rules, snapshot.policy.unlisted]) {
    if (rule.action === 'allow') contexts.of(rule)
  }
  return contexts
}

interface Ingredients {
  readonly sets: readonly TrustSet[]
  readonly anchors: Anchors
  readonly pool: IntermediatePool
  readonly offer: Offer
  readonly identity: Identity | undefined
}

function makeContext(rule: Rule, { sets, anchors, pool, offer, identity }: Ingredients): tls.SecureContext {
  // Without partial chains, an intermediate among the authorities of OpenSSL completes a chain and anchors none; with
  // them it would be trusted itself. So OpenSSL gets the pool only where every anchor is a root; elsewhere it does not
  // know the pool, and findings.ts completes the chain.
  const knowsPool = pool.certificates.length > 0 && anchors.areRoots
  try {
    return tls.createSecureContext({
      ...optionsOf(offer),
      // Always a list, even an empty one: without it Node would trust its own authorities and NODE_EXTRA_CA_CERTS.
      ca: [...sets.flatMap((set) => set.certificates), ...(knowsPool ? pool.certificates : [])],
      // An anchor counts as the operator means it, also when it is an intermediate or the backend's own certificate.
      allowPartialTrustChain: !knowsPool,
      ...(identity ? { cert: identity.certificate, key: identity.key } : {}),
    })
  } catch (cause) {
    const message = `rule ${rule.name}: OpenSSL does not take its TLS settings: ${(cause as Error).message}`
    throw new SidecarError('OPERATOR_BAD_DOCUMENT', message, { details: { rule: rule.name }, cause })
  }
}

/** Made when a backend first needs it, which hardly any ever does. */
function classicContext(rule: Rule, ingredients: Ingredients): RuleContext['classic'] {
  const offer = classicOffer(ingredients.offer)
  if (offer === undefined) return undefined
  let made: tls.SecureContext | undefined
  return () => {
    made ??= makeContext(rule, { ...ingredients, offer })
    return made
  }
}

function contentKey(of: Omit<Ingredients, 'anchors'> & { readonly fetches: boolean }): string {
  const { sets, pool, offer, identity, fetches } = of
  const trust = sets.map((set) => set.sha256).sort()
  return JSON.stringify([trust, pool.sha256, optionsOf(offer), identity?.sha256, fetches])
}

function checked(rule: Rule, identity: Identity): Identity {
  let matches: boolean
  try {
    const key = crypto.createPrivateKey(identity.key)
    matches = new crypto.X509Certificate(identity.certificate).checkPrivateKey(key)
  } catch (cause) {
    throw badIdentity(rule, identity.name, 'cannot be read by OpenSSL', cause)
  }
  if (!matches) throw badIdentity(rule, identity.name, 'has a key that does not belong to its certificate')
  return identity
}

function badIdentity(rule: Rule, name: string, what: string, cause?: unknown): SidecarError {
  const message = `rule ${rule.name}: key pair ${name} ${what}`
  return new SidecarError('OPERATOR_BAD_IDENTITY', message, { details: { rule: rule.name, identity: name }, cause })
}
