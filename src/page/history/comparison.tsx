import { useQuery } from '@tanstack/react-query'
import { diffQuery } from '../api/queries.ts'
import { Answered } from '../parts/answered.tsx'
import { Diff } from '../parts/diff.tsx'

/** How two versions differ, in sentences and line by line. */
export function Comparison({ from, to }: { readonly from: number; readonly to: number }) {
  const diff = useQuery(diffQuery({ from, to }))
  return (
    <section className="card" aria-labelledby="comparison">
      <h2 id="comparison">
        From version {from} to version {to}
      </h2>
      <Answered query={diff}>
        {(value) => (
          <>
            {value.sentences.length === 0 && <p>Both mean the same.</p>}
            <ul>
              {value.sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
            <Diff text={value.diff} label={`Lines that differ between version ${from} and version ${to}`} />
          </>
        )}
      </Answered>
    </section>
  )
}
