import type { TrustStore } from '../../admin/contract.ts'
import { DaysLeft } from '../show/days-left.tsx'
import { describeCount } from '../show/describe-amount.ts'

interface StoreCardProps {
  readonly store: TrustStore
  readonly isChosen: boolean
  readonly onChoose: () => void
}

/** One trust store at a glance. */
export function StoreCard({ store, isChosen, onChoose }: StoreCardProps) {
  const { name, builtIn, certificates, firstExpiry, warnings, problems, usedBy } = store
  return (
    <section className="card" aria-label={name}>
      <h2>
        <button type="button" className="bare as-link" aria-expanded={isChosen} onClick={onChoose}>
          {name}
        </button>{' '}
        {builtIn && <span className="badge">{says[name] ?? 'Built in'}</span>}
      </h2>
      <p>{describeCount(certificates, 'certificate')}</p>
      {firstExpiry !== '' && (
        <p>
          First to end: <DaysLeft endMs={Date.parse(firstExpiry)} />
        </p>
      )}
      {warnings > 0 && <p className="doubtful">{describeCount(warnings, 'certificate')} with a warning</p>}
      {problems.map((problem) => (
        <p key={problem} className="bad">
          {problem}
        </p>
      ))}
      <p className="quiet">{usedBy.length === 0 ? 'No rule trusts it' : `Trusted by ${usedBy.join(', ')}`}</p>
    </section>
  )
}

const says: Readonly<Record<string, string>> = { bundled: 'Mozilla, with Node', system: 'Operating system' }
