import type { Offer } from '../../admin/contract.ts'
import { Breakable } from '../show/breakable.tsx'

/** What will really leave in the ClientHello for a destination that no rule names. */
export function EffectiveHello({ offer }: { readonly offer: Offer }) {
  const { protocols, suites, groups, keyShares, securityLevel, remarks, source } = offer
  const areForward = suites.every(({ forwardSecrecy }) => forwardSecrecy)
  return (
    <section className="card" aria-labelledby="hello">
      <h2 id="hello">Effective ClientHello</h2>
      <p>
        {areForward ? (
          <span className="good">All selected suites have forward secrecy.</span>
        ) : (
          <span className="doubtful">
            Without forward secrecy:{' '}
            {suites
              .filter(({ forwardSecrecy }) => !forwardSecrecy)
              .map(({ iana }) => iana)
              .join(', ')}
          </span>
        )}
      </p>
      <dl className="facts">
        <dt>From</dt>
        <dd>{source}</dd>
        <dt>Protocols</dt>
        <dd>{protocols.join(', ')}</dd>
        <dt>Cipher suites</dt>
        <dd>
          <ol>
            {suites.map(({ iana }) => (
              <li key={iana}>
                <code>
                  <Breakable name={iana} />
                </code>
              </li>
            ))}
          </ol>
        </dd>
        <dt>Groups</dt>
        <dd>{groups.join(', ')}</dd>
        <dt>Key shares</dt>
        <dd>{keyShares.join(', ') || 'none'}</dd>
        <dt>Security level</dt>
        <dd>{securityLevel}</dd>
      </dl>
      <ul className="quiet">
        {remarks.map((remark) => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
    </section>
  )
}
