import { cataloguesOfText } from '../../history/catalogues.ts'
import { hashText } from '../../history/versions.ts'
import type { CatalogueRecord } from '../../policy/catalogue/catalogue-record.ts'
import { lookAtText, type TextView } from '../../policy/document/look-at-text.ts'
import type { Instance } from '../instance.ts'

/** Looks at a text as applying it would: one that was in force may name what this runtime has lost since. */
export function lookAt(
  text: string,
  { history }: Pick<Instance, 'history'>,
  options: Parameters<typeof lookAtText>[1],
): TextView {
  const appliedUnder = cataloguesOfText(history, hashText(text)) as readonly CatalogueRecord[]
  return lookAtText(text, { ...options, appliedUnder })
}
