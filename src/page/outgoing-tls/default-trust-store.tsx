import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { queries } from '../api/queries.ts'
import { useAhead, useEdit } from '../draft/edit-policy.ts'

/** Whether a trust store that comes with the platform is trusted, and which one. */
export function DefaultTrustStore({ value }: { readonly value: string }) {
  const id = useId()
  const edit = useEdit()
  const { data: stores } = useQuery(queries.trustStores)
  const [chosen, choose] = useAhead(value, (next) =>
    edit([{ path: ['spec', 'strictTls', 'defaultTrustStore'], value: next }]),
  )
  const isOn = chosen !== 'none'
  const certificates = stores?.items.find(({ name }) => name === chosen)?.certificates
  return (
    <>
      <div className="choice">
        <input
          id={id}
          type="checkbox"
          checked={isOn}
          aria-describedby={`${id}-says`}
          onChange={({ target }) => choose(target.checked ? 'bundled' : 'none')}
        />
        <span>
          <label htmlFor={id}>Enable Default Trust Store</label>
          <span id={`${id}-says`}>
            {isOn ? 'Certificates and authorities in it vouch for backends.' : 'Only custom stores vouch for backends.'}
            {certificates !== undefined && ` It holds ${certificates} certificates.`}
          </span>
        </span>
      </div>
      {isOn && (
        <label className="field revealed">
          Default trust store
          <select value={chosen} onChange={({ target }) => choose(target.value)}>
            <option value="bundled">Mozilla, as it comes with Node</option>
            <option value="system">The operating system’s</option>
            {(stores?.items ?? [])
              .filter(({ builtIn }) => !builtIn)
              .map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
          </select>
        </label>
      )}
    </>
  )
}
