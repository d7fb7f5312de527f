import type { Check, Place } from '../../admin/contract.ts'
import { Diff } from '../parts/diff.tsx'
import { Sentences } from './sentences.tsx'

/** What a text changes, in sentences and, for those who want it, line by line. What is wrong with it comes first. */
export function Changes({ check }: { readonly check: Check }) {
  const { diff, problems } = check
  const of = (wanted: Place['severity']) => problems.filter(({ severity }) => severity === wanted)
  return (
    <section aria-labelledby="changes">
      <PlaceLines places={of('error')} />
      <h3 id="changes">What changes</h3>
      {whatChanges(check)}
      <PlaceLines places={of('warning')} />
      <details>
        <summary>Lines of the YAML document</summary>
        <Diff text={diff} label="Lines that change" />
      </details>
    </section>
  )
}

function whatChanges({ valid, sentences, diff }: Check) {
  if (!valid) return <p>What it means cannot be said before its mistakes are mended.</p>
  return diff === '' ? <p>Nothing: the texts are the same.</p> : <Sentences sentences={sentences} />
}

/** Mistakes and warnings of a policy text, a paragraph each. */
export function PlaceLines({ places }: { readonly places: readonly Place[] }) {
  return places.map(({ line, message, path, severity }) => (
    <p key={`${line} ${path} ${message}`} className={severity === 'error' ? 'bad' : 'doubtful'}>
      {severity === 'error' ? 'Error' : 'Warning'}, line {line}: <code>{path}</code> {message}
    </p>
  ))
}

/** Counts the mistakes that keep a text from being applied; one that makes no policy has at least one. */
export function countErrors({ valid, problems }: Pick<Check, 'valid' | 'problems'>): number {
  return valid ? 0 : Math.max(1, problems.filter(({ severity }) => severity === 'error').length)
}
