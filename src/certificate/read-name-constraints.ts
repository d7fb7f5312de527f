import { DER, type DerElement, derChildren, derParts } from './der.ts'
import { type GeneralName, readGeneralName } from './read-general-names.ts'

/** What a CA may vouch for, and what it must not (RFC 5280 §4.2.1.10). */
export interface NameConstraints {
  readonly permitted: readonly Subtree[]
  readonly excluded: readonly Subtree[]
}

export interface Subtree extends GeneralName {
  /** True when it begins or ends at a depth, which no profile allows and nobody supports. */
  readonly hasDepth: boolean
}

/** Reads the value of the extension. */
export function readNameConstraints(value: Buffer): NameConstraints {
  const parts = derParts(value)
  return {
    permitted: subtrees(parts.find(({ tag }) => tag === DER.context0)),
    excluded: subtrees(parts.find(({ tag }) => tag === DER.context1)),
  }
}

function subtrees(part: DerElement | undefined): Subtree[] {
  if (part === undefined) return []
  return derChildren(part.value).map(({ value }) => {
    const [base, ...depths] = derChildren(value)
    if (base === undefined) throw new TypeError('a subtree without a base')
    return { ...readGeneralName(base), hasDepth: depths.length > 0 }
  })
}
