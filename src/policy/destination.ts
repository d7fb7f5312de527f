/** Host and port a caller asked for, in the one canonical form every later step compares. */
export interface Destination {
  /** Lower case, no trailing dot, no brackets; an IPv4 or IPv6 literal in its shortest usual form. */
  readonly host: string
  readonly port: number
  readonly kind: 'name' | 'ipv4' | 'ipv6'
  /** `host:port`, IPv6 in brackets: how it is logged and keyed. */
  readonly authority: string
}
