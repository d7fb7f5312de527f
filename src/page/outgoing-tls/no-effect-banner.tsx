import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/queries.ts'
import type { Spec } from '../draft/policy-spec.ts'
import { settingsWithoutEffect } from './no-effect.ts'

/** Says which settings are kept although they do nothing yet. */
export function NoEffectBanner({ spec }: { readonly spec: Spec }) {
  const { data: backends } = useQuery(queries.backends)
  const sentences = settingsWithoutEffect(spec, backends?.items.length)
  if (sentences.length === 0) return null
  return (
    <section className="note" aria-label="Settings without effect">
      <strong>Kept, and without effect yet</strong>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  )
}
