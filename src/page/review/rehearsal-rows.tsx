import type { Rehearsal } from '../../admin/contract.ts'
import { Reason } from '../parts/reason.tsx'
import { describeRule } from '../show/describe-rule.ts'
import { SmallTable } from '../show/small-table.tsx'

interface RehearsalRowsProps {
  readonly backends: Rehearsal['backends']
  readonly caption: string
}

/** Backends with what they met and would meet, and the finding or the rule that makes it so. */
export function RehearsalRows({ backends, caption }: RehearsalRowsProps) {
  return (
    <SmallTable caption={caption} titles={['Backend', 'Now', 'After', 'Because']}>
      {backends.map(({ backend, now, after, change }) => (
        <tr key={backend}>
          <th scope="row">{backend}</th>
          <td>{now?.outcome ?? 'new'}</td>
          <td className={change === 'breaks' || change === 'newly-allowed' ? 'bad' : ''}>{after.outcome}</td>
          <td>
            {after.findings.map(({ name, detail }, index) => (
              <span key={`${name} ${detail}`}>
                {index > 0 && '; '}
                <Reason name={name} />: {detail}
              </span>
            ))}
            {after.findings.length === 0 && after.why} <span className="quiet small">{describeRule(after.rule)}</span>
          </td>
        </tr>
      ))}
    </SmallTable>
  )
}
