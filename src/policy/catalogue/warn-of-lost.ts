import { choosesOwnSet, type TlsScope } from '../document/tls-scope.ts'
import { findSuite, notHere } from './catalogue.ts'
import type { Profile } from './profiles.ts'

/**
 * Warns of suites that a set has and this runtime lacks. After an upgrade the report on it says so too, but an instance
 * that is new here has nothing to compare with, and would offer less than the set promises without a word.
 */
export function warnOfLost(set: string, { ciphers }: Pick<Profile, 'ciphers'>, { path, note, said }: TlsScope): void {
  // What a rule inherits has been told where it comes from.
  if (path.length > 2 && !choosesOwnSet(said)) return
  const lost = ciphers.filter((name) => findSuite(name) === undefined)
  if (lost.length === 0) return
  const place = (['profile', 'configuration'] as const).find((key) => said[key] !== undefined)
  const offered = `the set ${set} is offered without ${lost.join(', ')}`
  note('warning', place === undefined ? path : [...path, place], `${offered}: removed by platform: ${notHere}`)
}
