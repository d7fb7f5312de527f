/**
 * The demo's backends as data: what each does wrong, named after badssl.com, and what the product must say of it.
 * The expectation is only compared; every word the demo prints comes from the product's own replies and log.
 */
import type { ErrorCode } from '../errors.ts'
import type { FindingName } from '../policy/policy.ts'

export interface Fault {
  /** Also the first label of its host name, `<name>.demo.localhost`. */
  readonly name: string
  readonly teaches: string
  /** Which of the demo's listeners answers; `none` for a destination that must never be dialled. */
  readonly listener: ListenerName | 'none'
  readonly expect: Expectation
}

/** The kinds of listener: faults of a certificate share one port by SNI, faults of a protocol need their own. */
export type ListenerName = 'shared' | 'tls12' | 'tls11' | 'no-sni' | 'reset'

export type Expectation =
  | { readonly outcome: 'trusted'; readonly protocol?: string }
  | { readonly outcome: 'allowed'; readonly finding: FindingName }
  | { readonly outcome: 'refused'; readonly finding: FindingName }
  | { readonly outcome: 'failed'; readonly error: ErrorCode }

/** Every destination the demo visits, in the order of the transcript. */
export const faults: readonly Fault[] = [
  {
    name: 'good',
    teaches: 'nothing wrong',
    listener: 'shared',
    expect: { outcome: 'trusted', protocol: 'TLSv1.3' },
  },
  {
    name: 'tls12',
    teaches: 'speaks TLS 1.2 at most',
    listener: 'tls12',
    expect: { outcome: 'trusted', protocol: 'TLSv1.2' },
  },
  {
    name: 'needs-sni',
    teaches: 'shows its certificate only to who names it',
    listener: 'shared',
    expect: { outcome: 'trusted' },
  },
  {
    name: 'no-sni',
    teaches: 'hangs up on who names it; a rule turns SNI off',
    listener: 'no-sni',
    expect: { outcome: 'trusted' },
  },
  { name: 'slow', teaches: 'thinks before it answers', listener: 'shared', expect: { outcome: 'trusted' } },
  { name: 'websocket', teaches: 'echoes over WebSocket', listener: 'shared', expect: { outcome: 'trusted' } },
  {
    name: 'self-signed',
    teaches: 'vouches for itself',
    listener: 'shared',
    expect: { outcome: 'refused', finding: 'self-signed' },
  },
  {
    name: 'allowed-untrusted',
    teaches: 'vouches for itself too; a rule allows and logs it',
    listener: 'shared',
    expect: { outcome: 'allowed', finding: 'self-signed' },
  },
  {
    name: 'untrusted-root',
    teaches: 'comes from an authority nobody here knows',
    listener: 'shared',
    expect: { outcome: 'refused', finding: 'untrusted-issuer' },
  },
  {
    name: 'incomplete-chain',
    teaches: 'forgets its intermediate certificate',
    listener: 'shared',
    expect: { outcome: 'refused', finding: 'incomplete-chain' },
  },
  {
    name: 'expired',
    teaches: 'was good until some days ago',
    listener: 'shared',
    expect: { outcome: 'refused', finding: 'expired' },
  },
  {
    name: 'not-yet',
    teaches: 'will be good in some days',
    listener: 'shared',
    expect: { outcome: 'refused', finding: 'not-yet-valid' },
  },
  {
    name: 'revoked',
    teaches: 'was taken back by its authority; a rule wants to know for certain',
    listener: 'shared',
    expect: { outcome: 'refused', finding: 'revoked' },
  },
  {
    name: 'wrong.host',
    teaches: 'shows the certificate of somebody else',
    listener: 'shared',
    expect: { outcome: 'refused', finding: 'name-mismatch' },
  },
  {
    name: 'tls11',
    teaches: 'speaks TLS 1.1 at most',
    listener: 'tls11',
    expect: { outcome: 'refused', finding: 'protocol-refused' },
  },
  {
    name: 'reset',
    teaches: 'hangs up in the middle of the handshake',
    listener: 'reset',
    expect: { outcome: 'failed', error: 'BACKEND_HANDSHAKE_FAILED' },
  },
  {
    name: 'forbidden',
    teaches: 'a rule denies it; it is never dialled',
    listener: 'none',
    expect: { outcome: 'failed', error: 'POLICY_RULE_DENIES' },
  },
]

/** The host name under which a backend of the demo is asked for; the product resolves *.localhost to loopback. */
export function hostOf(name: string): string {
  return `${name}.demo.localhost`
}
