/** Sizes beyond which a chain is made to be expensive. What has been counted here is bounded in time everywhere else. */
import { type Check, onEach } from './check.ts'

/** Firefox stops at 8, public chains have 3 or 4. */
export const PATH_MAX = 10
/** What is read of a presented chain; one more tells that there were more. */
export const PRESENTED_MAX = 32
/** The largest certificates of shared hosts hold some hundreds. */
const NAMES_MAX = 2000
const CONSTRAINTS_MAX = 1000

export const limitChecks: readonly Check[] = [
  {
    name: 'path-size',
    finding: 'oversized-chain',
    grade: 'webpki',
    source: 'a limit of our own',
    holds: `A path has ${PATH_MAX} certificates at most, the anchor included.`,
    find: ({ steps }) =>
      steps.length > PATH_MAX ? [`the path has ${steps.length} certificates, ${PATH_MAX} are the most`] : [],
  },
  {
    name: 'presented-size',
    finding: 'oversized-chain',
    grade: 'webpki',
    source: 'a limit of our own',
    holds: `A backend sends ${PRESENTED_MAX} certificates at most.`,
    find: ({ presented }) =>
      presented > PRESENTED_MAX ? [`the backend sent more than ${PRESENTED_MAX} certificates`] : [],
  },
  {
    name: 'names-size',
    finding: 'oversized-chain',
    grade: 'webpki',
    source: 'a limit of our own',
    holds: `A certificate has ${NAMES_MAX} names at most.`,
    find: onEach(({ facts: { extensions } }) => {
      const count = extensions.names?.length ?? 0
      return count > NAMES_MAX && `has ${count} names, ${NAMES_MAX} are the most`
    }),
  },
  {
    name: 'constraints-size',
    finding: 'oversized-chain',
    grade: 'webpki',
    source: 'a limit of our own',
    holds: `A certificate has ${CONSTRAINTS_MAX} name constraints at most.`,
    find: onEach(({ facts: { extensions } }) => {
      const { permitted = [], excluded = [] } = extensions.nameConstraints ?? {}
      const count = permitted.length + excluded.length
      return count > CONSTRAINTS_MAX && `has ${count} name constraints, ${CONSTRAINTS_MAX} are the most`
    }),
  },
]
