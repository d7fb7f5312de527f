import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { ApiKey, KeyArea, MadeApiKey, NewApiKey } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { looks } from '../api/looks.ts'
import { Answered } from '../parts/answered.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { Time } from '../parts/time.tsx'
import { CopyButton } from '../show/copy-button.tsx'
import { DataTable } from '../show/data-table.tsx'

/** API keys: made for one purpose, shown once, ending by themselves. */
export function KeysCard() {
  const client = useQueryClient()
  const keys = useQuery(looks.keys)
  const again = () => void client.invalidateQueries({ queryKey: ['keys'] })
  const making = useMutation({
    mutationFn: (body: NewApiKey) => ask<MadeApiKey>('/keys', { method: 'POST', body }),
    onSuccess: again,
  })
  const revoking = useMutation({
    mutationFn: (id: string) => ask<unknown>(`/keys/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: again,
  })
  return (
    <section className="card" aria-label="API keys">
      <h2>API keys</h2>
      <ProblemNote error={making.error ?? revoking.error} />
      {making.data && (
        <p className="note note-good" role="status">
          The secret of {making.data.name}, shown this once: <code className="fingerprint">{making.data.secret}</code>{' '}
          <CopyButton text={making.data.secret} what={`the secret of ${making.data.name}`} />
        </p>
      )}
      <Answered query={keys}>{({ items }) => <KeyTable keys={items} onRevoke={revoking.mutate} />}</Answered>
      <NewKeyForm onMake={making.mutate} />
    </section>
  )
}

interface KeyTableProps {
  readonly keys: readonly ApiKey[]
  readonly onRevoke: (id: string) => void
}

function KeyTable({ keys, onRevoke }: KeyTableProps) {
  if (keys.length === 0) return <p className="quiet">There are none.</p>
  return (
    <DataTable
      caption="API keys"
      rows={keys}
      keyOf={({ id }) => id}
      columns={[
        { title: 'Name', isHead: true, cell: ({ name }) => name },
        { title: 'May', cell: ({ role, areas }) => `${role} of ${areas.join(', ')}` },
        { title: 'Ends', cell: ({ untilMs, revoked }) => (revoked ? 'revoked' : <Time ms={untilMs} />) },
        { title: 'Last used', cell: ({ usedMs }) => (usedMs === null ? 'never' : <Time ms={usedMs} />) },
        { title: 'Made by', cell: ({ createdBy }) => createdBy },
        {
          title: 'Act',
          cell: ({ id, name, revoked }) =>
            revoked ? null : (
              <button type="button" className="danger" aria-label={`Revoke ${name}`} onClick={() => onRevoke(id)}>
                Revoke
              </button>
            ),
        },
      ]}
    />
  )
}

function NewKeyForm({ onMake }: { readonly onMake: (key: NewApiKey) => void }) {
  const [chosen, setChosen] = useState<readonly KeyArea[]>(['traffic'])
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const role = form.get('role') === 'operator' ? 'operator' : 'viewer'
    onMake({ name: String(form.get('name')), role, areas: [...chosen], expiresInDays: Number(form.get('days')) })
    event.currentTarget.reset()
  }
  return (
    <details>
      <summary>Make a key</summary>
      <form onSubmit={submit}>
        <label className="field">
          Name
          <input name="name" required maxLength={64} autoComplete="off" />
        </label>
        <label className="field">
          Role
          <select name="role" defaultValue="viewer">
            <option>viewer</option>
            <option>operator</option>
          </select>
        </label>
        <label className="field">
          Days until it ends
          <input name="days" type="number" min={1} max={365} defaultValue={90} required />
        </label>
        <fieldset>
          <legend>Parts of the API</legend>
          {areas.map((area) => (
            <label key={area} className="choice">
              <input
                type="checkbox"
                checked={chosen.includes(area)}
                onChange={({ target }) =>
                  setChosen(target.checked ? [...chosen, area] : chosen.filter((each) => each !== area))
                }
              />
              <span>{area}</span>
            </label>
          ))}
        </fieldset>
        <button type="submit" disabled={chosen.length === 0}>
          Make the key
        </button>
      </form>
    </details>
  )
}

const areas: readonly KeyArea[] = ['policy', 'trust', 'backends', 'traffic', 'instance']
