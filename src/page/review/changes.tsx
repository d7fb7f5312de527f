import type { Check } from '../../admin/contract.ts'
import { Diff } from '../parts/diff.tsx'
import { Sentences } from './sentences.tsx'

/** What a draft changes, in sentences and, for those who want it, line by line. */
export function Changes({ check: { sentences, diff, problems } }: { readonly check: Check }) {
  return (
    <section aria-labelledby="changes">
      <h3 id="changes">What changes</h3>
      <Sentences sentences={sentences} />
      {problems.map(({ line, message, path, severity }) => (
        <p key={`${line} ${path} ${message}`} className={severity === 'error' ? 'bad' : 'doubtful'}>
          {severity === 'error' ? 'Error' : 'Warning'}, line {line}: <code>{path}</code> {message}
        </p>
      ))}
      <details>
        <summary>Lines of the YAML document</summary>
        <Diff text={diff} label="Lines that change" />
      </details>
    </section>
  )
}
