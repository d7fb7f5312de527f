/** Everything there is to say about a policy text that somebody is still writing, in one go; nothing is thrown. */
import { asSidecarError } from '../../errors.ts'
import { examineDocument } from './document.ts'
import { type ParsedPolicy, type ParseOptions, parsePolicy } from './parse-policy.ts'
import type { Problem } from './problem.ts'
import { policySchema } from './schema.ts'

/** What a text is, as far as it can be read. */
export interface TextView {
  readonly problems: readonly Problem[]
  /** Undefined for a text that may not be applied. */
  readonly parsed: ParsedPolicy | undefined
  /** With defaults filled in; undefined when the text makes no document. */
  readonly document: Readonly<Record<string, unknown>> | undefined
}

/** Looks at a text. */
export function lookAtText(text: string, options: Omit<ParseOptions, 'faultOf'>): TextView {
  const document = examineDocument(text, { file: options.file, schema: policySchema }).value
  try {
    const parsed = parsePolicy(text, options)
    return { problems: parsed.warnings, parsed, document }
  } catch (thrown) {
    const error = asSidecarError(thrown)
    if (error.code !== 'OPERATOR_BAD_DOCUMENT') throw error
    return { problems: error.details.problems as readonly Problem[], parsed: undefined, document }
  }
}
