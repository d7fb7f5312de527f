import { useState } from 'react'
import type { Catalogue } from '../../admin/contract.ts'
import { useAhead, useEdit } from '../draft/edit-policy.ts'
import type { TlsChoice } from '../draft/policy-spec.ts'
import { ProtocolList } from './protocol-list.tsx'
import { SuiteLists } from './suite-lists.tsx'
import { listsOf, resetLists, type SetAside, toCustom, toDefault } from './tls-lists.ts'

interface TlsSectionProps {
  readonly tls: TlsChoice
  readonly catalogue: Catalogue
}

/** Which protocols and suites are offered: a default set that is kept up to date, or lists of one's own. */
export function TlsSection({ tls, catalogue }: TlsSectionProps) {
  const edit = useEdit()
  const [setAside, keep] = useState<SetAside | null>(null)
  const lists = listsOf(tls, catalogue)
  const [isCustom, turn] = useAhead(tls.configuration === 'custom', (custom) => {
    if (custom) return edit(toCustom(lists, setAside))
    const { protocols, ciphers, groups, signatureAlgorithms } = tls
    const given = Object.entries({ protocols, ciphers, groups, signatureAlgorithms }).filter(([, list]) => list)
    keep(Object.fromEntries(given))
    return edit(toDefault())
  })
  return (
    <section className="card" aria-labelledby="ciphers">
      <h2 id="ciphers">Ciphers and Protocols Configuration</h2>
      <fieldset>
        <legend className="only-heard">Configuration</legend>
        <label className="choice">
          <input type="radio" name="configuration" checked={!isCustom} onChange={() => turn(false)} />
          <span>
            Use Default Cipher Suites and Protocols (recommended)
            <span>Moves along with the product: an upgrade may bring a newer set.</span>
          </span>
        </label>
        {!isCustom && <ProfileChoice tls={tls} catalogue={catalogue} />}
        <label className="choice">
          <input type="radio" name="configuration" checked={isCustom} onChange={() => turn(true)} />
          <span>
            Use Custom Configuration
            <span>Stays as it is through upgrades. Performance and safety of all traffic follow from these lists.</span>
          </span>
        </label>
      </fieldset>
      {isCustom ? (
        <button type="button" onClick={() => void edit(resetLists(catalogue))}>
          Reset lists to default (not applied yet)
        </button>
      ) : (
        <p className="note">
          The lists are shown as the default set has them. Switch to Use Custom Configuration to edit them.
        </p>
      )}
      <ProtocolList selected={lists.protocols} catalogue={catalogue} isFixed={!isCustom} />
      <SuiteLists selected={lists.ciphers} catalogue={catalogue} isFixed={!isCustom} />
    </section>
  )
}

function ProfileChoice({ tls, catalogue: { profiles, newestProfile } }: TlsSectionProps) {
  const edit = useEdit()
  const chosen = profiles.find(({ name }) => name === (tls.profile ?? newestProfile))
  const choose = (name: string) => void edit(toDefault(name === '' ? undefined : name))
  return (
    <label className="field revealed">
      Default set
      <select value={tls.profile ?? ''} onChange={({ target }) => choose(target.value)}>
        <option value="">The newest ({newestProfile})</option>
        {profiles.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <span className="quiet small">{chosen?.says}</span>
    </label>
  )
}
