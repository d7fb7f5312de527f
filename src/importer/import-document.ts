/**
 * The one door of this room: a document of another product in, a policy of ours and a report on every line out. The
 * policy has been through parsePolicy: an import that makes one which does not hold is a bug of ours, never a file.
 */
import { asSidecarError, SidecarError } from '../errors.ts'
import { parsePolicy } from '../policy/document/parse-policy.ts'
import type { Problem } from '../policy/document/problem.ts'
import { writePolicy } from '../policy/document/write-policy.ts'
import type { Importer, ReadFiles, SourceText, Spec } from './importer.ts'
import type { ImportKind } from './kinds.ts'
import { startNames } from './name-backend.ts'
import { notReadable } from './read-lines.ts'
import { type ReportLine, startReport, unknownLine } from './report.ts'
import { type ServiceInput, writeServices } from './services.ts'

/** What an import gives. */
export interface Imported {
  /** The policy as YAML. */
  readonly policy: string
  /** vedette.yaml with the services of the document; undefined where it has none. */
  readonly settings?: string
  readonly report: readonly ReportLine[]
  /** What the policy itself leaves to be looked at, as `vedette check` would say. */
  readonly warnings: readonly Problem[]
}

/** What an import is told beside the text. */
export interface ImportOptions {
  readonly kind: ImportKind
  readonly importer: Importer
  /** Reads what the document includes. */
  readonly read: ReadFiles
}

/** Imports one document. Throws OPERATOR_BAD_DOCUMENT where it is no document of that kind. */
export function importDocument(source: SourceText, { kind, importer, read }: ImportOptions): Imported {
  const { place, tell, close } = startReport()
  const services: ServiceInput[] = []
  const serve = (service: ServiceInput) => void services.push(service)
  const spec = importer(source, { place, tell, read, names: startNames(), serve })
  const report = close()
  if (!report.some(({ says }) => says !== unknownLine)) {
    throw notReadable({ file: source.file, line: 0 }, `nothing in it is of the kind ${kind}`)
  }
  const name = `imported-${kind}`
  const policy = writePolicy({
    metadata: { name, comment: `imported from ${printable(source.file)}` },
    spec: sound(spec),
  })
  if (policy.length > policyMax) {
    throw notReadable({ file: source.file, line: 0 }, 'too much for one policy: import it in parts')
  }
  const settings = services.length === 0 ? {} : { settings: writeServices(services) }
  return { policy, ...settings, report, warnings: warningsOf(policy, name) }
}

/** No reader of ours takes a longer document. */
const policyMax = 1_048_576

/** Empty lists would only make a reader wonder, and a rule need not say again what holds for all. */
function sound(spec: Spec): Spec {
  const { rules = [], ...rest } = spec
  const lean = rules.map(({ tls, ...rule }) =>
    tls === undefined || JSON.stringify(tls) === JSON.stringify(spec.tls) ? rule : { ...rule, tls },
  )
  return { ...rest, ...(lean.length === 0 ? {} : { rules: lean }) }
}

function warningsOf(policy: string, file: string): readonly Problem[] {
  try {
    return parsePolicy(policy, { file }).warnings
  } catch (error) {
    const { message } = asSidecarError(error)
    throw new SidecarError('INTERNAL_ERROR', `the imported policy does not hold: ${message}`, { cause: error })
  }
}

function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ')
}
