import type { Policy } from '../policy/policy.ts'
import type { IntermediatePool } from '../truststore/intermediate-pool.ts'
import type { TrustSet } from '../truststore/trust-set.ts'
import type { Settings } from './settings.ts'

/**
 * Everything one generation of workers runs under: settings, policy version and trust sets, numbered and never
 * changed. Plain JSON all through, because it travels to the workers in one message.
 */
export interface Snapshot {
  readonly generation: number
  readonly version: number
  /** SHA-256 of the policy text, hex. */
  readonly policySha256: string
  readonly settings: Settings
  readonly policy: Policy
  /** By name: every trust store that some rule or service names. */
  readonly trust: Readonly<Record<string, TrustSet>>
  /** What completes the chains of backends that do not send all of theirs; trusts nothing. */
  readonly intermediates: IntermediatePool
  /** By name: every key pair that some rule or service names. */
  readonly identities: Readonly<Record<string, Identity>>
  /** By folder: the keys of the tokens that services take. */
  readonly tokenKeys?: Readonly<Record<string, readonly TokenKey[]>>
  /** What the files of secrets say; left out where the settings name none. */
  readonly secrets?: Secrets
}

/** Who may come in, and who we are to others, beside key pairs. */
export interface Secrets {
  /** SHA-256 of passwords (hex) by user; left out, the SOCKS door asks nobody who they are. */
  readonly socksUsers?: Readonly<Record<string, string>>
  /** Who we are to upstream proxies, by their `host:port`. */
  readonly upstreams?: Readonly<Record<string, Credentials>>
}

/** A name and what proves it. */
export interface Credentials {
  readonly user: string
  readonly password: string
}

/** What is needed to take the tokens made with one key: of its signing half only the public part. */
export interface TokenKey {
  readonly id: string
  /** Ed25519, SPKI in PEM. */
  readonly verifying: string
  /** 256 bits, base64url. */
  readonly hiding: string
}

/** A key pair under identities/<name>/, PEM whatever its files were. */
export interface Identity {
  readonly name: string
  readonly certificate: string
  readonly key: string
  /** SHA-256 of the leaf certificate, hex. */
  readonly sha256: string
  /** An OCSP answer about it to hand to callers, DER in base64. */
  readonly staple?: string
}
