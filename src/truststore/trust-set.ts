/** A named set of trust anchors as it stood at one reading: de-duplicated, frozen, hashed. */
export interface TrustSet {
  readonly name: string
  /** SHA-256 over the sorted SHA-256 fingerprints of the anchors, hex: equal sets have equal hashes. */
  readonly sha256: string
  /** One PEM certificate each. */
  readonly certificates: readonly string[]
}
