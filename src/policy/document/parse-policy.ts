/** The one door through which a policy comes in: text in, policy and warnings out, or every problem with its line. */
import type { CatalogueRecord } from '../catalogue/catalogue-record.ts'
import { excuseLost, lostNames } from '../catalogue/lost-names.ts'
import { overRemarks } from '../over.ts'
import type { Policy } from '../policy.ts'
import { compilePolicy } from './compile-policy.ts'
import { byPlace, examineDocument, locate } from './document.ts'
import { type Mention, mentionsOf } from './mentions.ts'
import { badDocument, formatPath, type Path, type Problem, type Remark } from './problem.ts'
import { type ProblemAt, readYaml } from './read-yaml.ts'
import { policyHead, policySchema } from './schema.ts'

/** A policy that holds, and what its document leaves to be looked at. */
export interface ParsedPolicy {
  readonly policy: Policy
  /** Doubtful choices, each with its reason; nothing that stands in the way of applying. */
  readonly warnings: readonly Problem[]
  /** Where the document names trust stores and key pairs; `problemAt` makes a problem of one that is missing. */
  readonly mentions: readonly Mention[]
  readonly problemAt: ProblemAt
}

/** What the parser is told beside the text. */
export interface ParseOptions {
  /** What problems call the document. */
  readonly file: string
  /** The moment by which exceptions are over; without one none is. */
  readonly nowMs?: number
  /** Tells what is wrong with something the document names (`is not under truststores/`), for those who can look. */
  readonly faultOf?: (mention: Mention) => string | undefined
  /** The catalogues this very text was in force under: what they had and is lost leaves its list with a warning. */
  readonly appliedUnder?: readonly CatalogueRecord[]
}

/** Parses a policy document. Throws OPERATOR_BAD_DOCUMENT with all its problems. */
export function parsePolicy(text: string, { file, nowMs, faultOf, appliedUnder = [] }: ParseOptions): ParsedPolicy {
  const { value: document, left, placeOf, problems, problemAt } = examine(text, file, appliedUnder)
  if (document === undefined) throw badDocument(byPlace(problems))
  const { policy, remarks } = compilePolicy(document)
  const mentions = mentionsOf(document)
  const missing = mentions.flatMap((mention): Remark[] => {
    const message = faultOf?.(mention)
    return message === undefined ? [] : [{ path: mention.path, message, severity: 'error' }]
  })
  const placed = [...remarks, ...overRemarks(policy.exceptions, nowMs), ...missing].map(
    ({ path, needs = [], ...remark }) => {
      return { ...remark, path: placeOf(path), needs: needs.map(placeOf) }
    },
  )
  // What a faulty part would have said is unknown, so nothing is held against the places it belongs to.
  const certain = placed.filter(
    ({ path, needs }) => !left.some((part) => [path, ...needs].some((each) => isWithin(each, part))),
  )
  const all = byPlace([...problems, ...locate(certain, problemAt)])
  if (all.some(({ severity }) => severity === 'error')) throw badDocument(all)
  return { policy, warnings: all, mentions, problemAt }
}

function examine(text: string, file: string, appliedUnder: readonly CatalogueRecord[]) {
  const examined = examineDocument(text, { file, schema: policySchema, head: policyHead })
  const lost = examined.problems.length === 0 ? [] : lostNames(readYaml(text, file).value, appliedUnder)
  const paths = new Set(lost.map(({ path }) => formatPath(path)))
  return {
    ...examined,
    left: examined.left.filter((path) => !paths.has(formatPath(path))),
    problems: excuseLost(examined.problems, { lost, problemAt: examined.problemAt }),
  }
}

/** One of the two holds the other. */
function isWithin(one: Path, other: Path): boolean {
  const shared = Math.min(one.length, other.length)
  return one.slice(0, shared).every((step, index) => step === other[index])
}
