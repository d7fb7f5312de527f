/** Telling from Via whether a message has been here before. */

import { viaChain } from './forward-fields.ts'
import type { RequestHead } from './request-head.ts'

/**
 * Tells whether a Via entry was written under this pseudonym, in any case of letters. An entry is
 * `[protocol "/"] version SP received-by [SP comment]`. A comment that imitates an entry counts as one:
 * the sender of such a comment only stops its own request.
 */
export function hasViaPseudonym(head: Pick<RequestHead, 'fields' | 'hasVia'>, pseudonym: string): boolean {
  if (!head.hasVia) return false
  const wanted = pseudonym.toLowerCase()
  for (const entry of viaChain(head).toLowerCase().split(',')) {
    const [, receivedBy] = entry.split(/[ \t]+/).filter((word) => word !== '')
    if (receivedBy === wanted) return true
  }
  return false
}
