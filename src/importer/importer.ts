import type { PolicyInput } from '../policy/document/write-policy.ts'
import type { Names } from './name-backend.ts'
import type { Place, Tell } from './report.ts'
import type { ServiceInput } from './services.ts'

/** A document with what to call it in messages. */
export interface SourceText {
  readonly file: string
  readonly text: string
}

/** Gives the file of a path, or the files of a folder by name; none where nothing can be read. The caller reads. */
export type ReadFiles = (path: string) => readonly SourceText[]

/** What every importer is given beside its text. */
export interface ImportContext {
  readonly place: (file: string, line: number, text: string) => Place
  readonly tell: Tell
  readonly read: ReadFiles
  readonly names: Names
  /** Adds a fixed forward beside the policy. */
  readonly serve: (service: ServiceInput) => void
}

/** What importers fill in: the `spec` of a policy document. */
export type Spec = NonNullable<PolicyInput['spec']>
/** A rule of the policy document. */
export type RuleInput = NonNullable<Spec['rules']>[number]
/** What a rule, or the policy, says about TLS. */
export type TlsInput = NonNullable<RuleInput['tls']>

/** Reads one kind of document. Throws OPERATOR_BAD_DOCUMENT where it is no such document. */
export type Importer = (source: SourceText, context: ImportContext) => Spec
