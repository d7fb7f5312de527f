import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { queries } from '../api/queries.ts'
import { useAhead, useEdit } from '../draft/edit-policy.ts'
import { UploadCertificates } from '../trust/upload-certificates.tsx'

/** The trust stores of one's own, for backends with certificates that nobody else vouches for. */
export function CustomTrustStores({ value }: { readonly value: readonly string[] }) {
  const id = useId()
  const edit = useEdit()
  const { data } = useQuery(queries.trustStores)
  const [isOpen, setOpen] = useState(value.length > 0)
  const [setAside, keep] = useState<readonly string[]>([])
  const [chosen, choose] = useAhead(value, (next) =>
    edit([{ path: ['spec', 'strictTls', 'customTrustStores'], value: next }]),
  )
  const own = (data?.items ?? []).filter(({ builtIn, name }) => !builtIn && name !== 'intermediates')
  const names = [...new Set([...own.map(({ name }) => name), ...chosen])]
  const isOn = isOpen || chosen.length > 0
  const turn = (on: boolean) => {
    setOpen(on)
    if (!on) keep(chosen)
    if (on ? setAside.length > 0 : chosen.length > 0) choose(on ? setAside : [])
  }
  const include = (name: string, on: boolean) =>
    choose(on ? [...chosen.filter((each) => each !== name), name] : chosen.filter((each) => each !== name))
  return (
    <>
      <div className="choice">
        <input
          id={id}
          type="checkbox"
          checked={isOn}
          aria-describedby={`${id}-says`}
          onChange={({ target }) => turn(target.checked)}
        />
        <span>
          <label htmlFor={id}>Enable Custom Trust Store</label>
          <span id={`${id}-says`}>Certificates that you upload vouch for backends too, self-signed ones included.</span>
        </span>
      </div>
      {isOn && (
        <fieldset className="revealed">
          <legend className="only-heard">Custom trust stores</legend>
          {names.map((name) => (
            <label key={name} className="choice">
              <input
                type="checkbox"
                checked={chosen.includes(name)}
                onChange={({ target }) => include(name, target.checked)}
              />
              <span>
                {name}
                <span>{describe(own.find((store) => store.name === name))}</span>
              </span>
            </label>
          ))}
          <UploadCertificates store={names[0] ?? 'custom'} added={(name) => include(name, true)} />
        </fieldset>
      )}
    </>
  )
}

function describe(store: { readonly certificates: number; readonly problems: readonly string[] } | undefined): string {
  if (store === undefined) return 'There is no such store yet: upload certificates into it.'
  if (store.problems.length > 0) return store.problems.join('; ')
  return store.certificates === 1 ? '1 certificate' : `${store.certificates} certificates`
}
