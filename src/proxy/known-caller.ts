/** Who a caller of a gated entrance is known to be before it asks for anything. */
export interface KnownCaller {
  /** TLS protocol it speaks with us. */
  readonly protocol: string
  /** Names of its certificate; none for one that showed none. */
  readonly names: readonly string[]
  readonly warning: string
}
