import type { Spec } from '../draft/policy-spec.ts'
import { SmallTable } from '../show/small-table.tsx'

interface RulesSectionProps {
  readonly rules: Spec['rules']
  /** Shows the document as text. */
  readonly editText: () => void
}

/** The rules of the draft in their order, to be read: they are written in the document. */
export function RulesSection({ rules, editText }: RulesSectionProps) {
  return (
    <section className="card" aria-labelledby="rules">
      <h2 id="rules">Rules</h2>
      {rules.length === 0 ? (
        <p className="quiet">There are none: what stands above holds for every backend.</p>
      ) : (
        <>
          <p className="quiet">The first one that matches holds. What a rule says goes before what stands above.</p>
          <SmallTable
            caption="Rules of the draft, in their order"
            titles={['Rule', 'Matches', 'Does', 'Says of its own']}
          >
            {rules.map((rule) => (
              <tr key={rule.name}>
                <th scope="row">{rule.name}</th>
                <td>{rule.match.map(({ text }) => text).join(', ')}</td>
                <td>{rule.action}</td>
                <td>{ownKeys(rule).join(', ') || '–'}</td>
              </tr>
            ))}
          </SmallTable>
        </>
      )}
      <button type="button" onClick={editText}>
        Edit in YAML
      </button>
    </section>
  )
}

/** What a rule overrides; its name and whom it is for stand beside, and what says no more than everybody has is left out. */
function ownKeys(rule: Spec['rules'][number]): string[] {
  const shown = ['name', 'match', 'action']
  return Object.entries(rule)
    .filter(([key, value]) => !shown.includes(key) && value !== undefined && defaults[key] !== value)
    .map(([key]) => key)
}

const defaults: Readonly<Record<string, unknown>> = { tlsPort: 443, starttls: 'must', plaintext: false, fixUps: false }
