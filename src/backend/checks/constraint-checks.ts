/**
 * Name constraints of every kind, held for every certificate below the one that carries them. OpenSSL holds them too,
 * with gaps (a wildcard over an excluded name), without a name for what it found, and behind whatever else it minds.
 */
import net from 'node:net'
import { EXTENSION } from '../../certificate/read-extensions.ts'
import type { NameConstraints, Subtree } from '../../certificate/read-name-constraints.ts'
import { type Check, type JudgedPath, onEach, onIssuers, onLeaf, type Step, whose } from './check.ts'
import { constrainedNames, describeConstrained } from './constrained-names.ts'
import { type ConstrainedKind, relationTo } from './within-subtree.ts'

const SOURCE = 'RFC 5280 §4.2.1.10, §6.1.3 (b), (c)'

export const constraintChecks: readonly Check[] = [
  {
    ...heldFor('dns'),
    source: `${SOURCE}, CVE-2025-61727`,
    holds:
      'No issuer vouches for a dNSName, or the host asked for, outside its constraints; a wildcard that covers an excluded name is outside.',
  },
  {
    ...heldFor('ip'),
    source: SOURCE,
    holds: 'No issuer vouches for an iPAddress outside its constraints; a family that is not permitted is outside.',
  },
  {
    ...heldFor('email'),
    source: SOURCE,
    holds: 'No issuer vouches for a mail address outside its constraints, in the alternative names or in the subject.',
  },
  {
    ...heldFor('directory'),
    source: SOURCE,
    holds: 'No issuer vouches for a subject or directoryName outside its constraints.',
  },
  {
    ...heldFor('uri'),
    source: SOURCE,
    holds: 'No issuer vouches for a URI outside its constraints; one without a host name is outside of any.',
  },
  {
    name: 'constraint-other',
    finding: 'wrong-purpose',
    grade: 'webpki',
    source: SOURCE,
    holds: 'No certificate holds a name of a kind that an issuer constrains and nobody can compare.',
    find: (path) => constrainedBy(path).flatMap((constrained) => incomparable(constrained)),
  },
  {
    name: 'constraints-readable',
    finding: 'wrong-purpose',
    grade: 'webpki',
    source: 'RFC 5280 §4.2.1.10',
    holds: 'Constraints have no depth, and those for addresses are an address with a mask.',
    find: onEach(({ facts: { extensions } }) => {
      const wrong = subtreesOf(extensions.nameConstraints).some(
        ({ kind, bytes, hasDepth }) => hasDepth || (kind === 'ip' && bytes.length !== 8 && bytes.length !== 32),
      )
      return wrong && 'has name constraints that cannot be held'
    }),
  },
  {
    name: 'constraints-not-empty',
    finding: 'malformed-certificate',
    grade: 'webpki',
    source: 'RFC 5280 §4.2.1.10',
    holds: 'Name constraints, where there are any, constrain something.',
    find: onEach(({ facts: { extensions } }) => {
      const { nameConstraints } = extensions
      const isEmpty = nameConstraints !== undefined && subtreesOf(nameConstraints).length === 0
      return isEmpty && 'has name constraints that constrain nothing'
    }),
  },
  {
    name: 'constraints-place',
    finding: 'malformed-certificate',
    grade: 'webpki',
    source: 'RFC 5280 §4.2.1.10',
    holds: 'Only an authority constrains names.',
    find: onLeaf(
      ({ certificate, facts: { extensions } }) =>
        !certificate.ca && extensions.nameConstraints !== undefined && 'constrains names and is no authority',
    ),
  },
  {
    name: 'constraints-critical',
    finding: 'malformed-certificate',
    grade: 'rfc5280',
    source: 'RFC 5280 §4.2.1.10',
    holds: 'Name constraints of an issuer are critical.',
    find: onIssuers(({ facts: { extensions } }) => {
      const isWeak =
        extensions.nameConstraints !== undefined && !extensions.critical.includes(EXTENSION.nameConstraints)
      return isWeak && 'does not mark its name constraints as critical'
    }),
  },
]

function heldFor(kind: ConstrainedKind): Omit<Check, 'source' | 'holds'> {
  return {
    name: `constraint-${kind}`,
    finding: 'wrong-purpose',
    grade: 'webpki',
    find: (path) => constrainedBy(path).flatMap((constrained) => violations(constrained, kind, path.host)),
  }
}

interface Constrained {
  readonly issuer: Step
  readonly constraints: NameConstraints
  /** Those it vouches for; in between, self-issued ones are left out (RFC 5280 §6.1.3). */
  readonly below: readonly Step[]
}

function constrainedBy({ steps }: JudgedPath): Constrained[] {
  return steps.flatMap((issuer, index) => {
    const constraints = issuer.facts.extensions.nameConstraints
    if (constraints === undefined || index === 0) return []
    return [{ issuer, constraints, below: steps.slice(0, index).filter((step) => step.isLeaf || !step.isSelfIssued) }]
  })
}

const NAMES_TOLD_MAX = 3
/** As many comparisons take some milliseconds; real chains need a few hundred. */
const COMPARISONS_MAX = 250_000

function violations({ issuer, constraints, below }: Constrained, kind: ConstrainedKind, host: string): string[] {
  const relations = (subtrees: readonly Subtree[]) =>
    subtrees.filter((each) => each.kind === kind).map((subtree) => relationTo(subtree, kind))
  const [permitted, excluded] = [relations(constraints.permitted), relations(constraints.excluded)]
  if (permitted.length + excluded.length === 0) return []
  const asked = kind === 'dns' && net.isIP(host) === 0 ? [host] : []
  const names = [...asked, ...below.flatMap((step) => constrainedNames(step, kind))]
  if (names.length * (permitted.length + excluded.length) > COMPARISONS_MAX) {
    return [`${whose(issuer)} constrains more names than can be compared`]
  }
  const isOutside = (name: (typeof names)[number]) =>
    excluded.some((relation) => relation(name).isExcluded) ||
    (permitted.length > 0 && !permitted.some((relation) => relation(name).isPermitted))
  const outside = [...new Set(names.filter(isOutside).map(describeConstrained))]
  if (outside.length === 0) return []
  const told = outside.slice(0, NAMES_TOLD_MAX).join(', ')
  const more = outside.length > NAMES_TOLD_MAX ? ` and ${outside.length - NAMES_TOLD_MAX} more` : ''
  return [`${whose(issuer)} must not vouch for ${told}${more} (name constraints)`]
}

const comparable: readonly string[] = ['dns', 'ip', 'email', 'directory', 'uri'] satisfies ConstrainedKind[]

function incomparable({ issuer, constraints, below }: Constrained): string[] {
  const kinds = subtreesOf(constraints).map(({ kind }) => kind)
  const names = below.flatMap(({ facts }) => facts.extensions.names ?? [])
  const found = names.find(({ kind }) => !comparable.includes(kind) && kinds.includes(kind))
  return found === undefined ? [] : [`${whose(issuer)} constrains names of a kind that nobody can compare`]
}

function subtreesOf(constraints: NameConstraints | undefined): readonly Subtree[] {
  return constraints === undefined ? [] : [...constraints.permitted, ...constraints.excluded]
}
