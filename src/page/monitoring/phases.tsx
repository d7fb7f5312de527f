import type { Connection } from '../../admin/contract.ts'
import { describePhase } from '../show/describe-amount.ts'

/** The phases of a connection one after the other, each with its share of the whole. */
export function Phases({ ms }: Pick<Connection, 'ms'>) {
  const phases = [
    ['DNS', ms.dns],
    ['Connect', ms.connect],
    ['TLS', ms.tls],
    ['First byte', ms.firstByte],
  ] as const
  const whole = Math.max(ms.total, 0.001)
  return (
    <table className="phases">
      <thead className="only-heard">
        <tr>
          <th scope="col">Phase</th>
          <th scope="col">Share</th>
          <th scope="col">Took</th>
        </tr>
      </thead>
      <tbody>
        {phases.map(([name, length]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <meter min={0} max={whole} value={length ?? 0} aria-label={`${name}, share of the whole`} />
            </td>
            <td className="number">{describePhase(length)}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">In all</th>
          <td />
          <td className="number">{describePhase(ms.total)}</td>
        </tr>
      </tbody>
    </table>
  )
}
