/**
 * What it costs to verify one signature, estimated from the key alone: a chain may be made of keys that take a hundred
 * times as long as usual ones, and be tried in every order. Counted instead of timed, so that a busy machine and an idle
 * one come to the same verdict.
 */
import type crypto from 'node:crypto'

/** Microseconds that our own walk may spend on signatures; three of RSA with 4096 bits take 150. */
export const SIGNATURES_COST_MAX = 20_000

const USUAL_EXPONENT = 65_537n
/** A walk has to step over what it cannot judge, so no key is cheaper than this. */
const LEAST = 60

/** Estimates the microseconds of one verification, on the generous side. */
export function signatureCost(key: crypto.KeyObject): number {
  const { modulusLength, publicExponent, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (modulusLength !== undefined) {
    const squared = (modulusLength / 2048) ** 2
    if (key.asymmetricKeyType === 'dsa') return 500 * squared
    return Math.max(LEAST, 25 * squared * ((publicExponent ?? 0n) > USUAL_EXPONENT ? 4 : 1))
  }
  if (namedCurve !== undefined) return curveCosts[namedCurve] ?? UNUSUAL
  return /^ed|^ml-dsa/.test(key.asymmetricKeyType ?? '') ? 200 : UNUSUAL
}

const UNUSUAL = 3500
const curveCosts: Readonly<Record<string, number>> = {
  prime256v1: LEAST,
  secp224r1: 200,
  secp384r1: 500,
  secp521r1: 1000,
  brainpoolP256r1: 500,
  brainpoolP384r1: 700,
  brainpoolP512r1: 1000,
  secp256k1: 500,
}
