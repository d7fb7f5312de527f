import type { CallerEnds } from './caller-ends.ts'

/** What stands at the beginning of what a caller sends. */
export type ProxyHeader =
  /** It is not complete yet. */
  | { readonly kind: 'more' }
  /** `length` bytes are the header; `ends` is undefined where the sender speaks for itself or names nobody. */
  | { readonly kind: 'header'; readonly length: number; readonly ends: CallerEnds }
  | { readonly kind: 'bad'; readonly what: string }

/** The twelve bytes that a header of version 2 begins with: chosen so that no other protocol begins like this. */
export const PROXY_V2_SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')

/** The longest header of version 1, its line end included. */
export const PROXY_V1_MAX = 107
