import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { NewException } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { change } from '../api/change.ts'
import { queries } from '../api/queries.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { toast } from '../parts/toasts.tsx'
import { useSession } from '../session/session-context.ts'
import { Drawer } from '../show/drawer.tsx'
import { FindingChoice } from './finding-choice.tsx'

interface ExceptionFormProps {
  readonly backend: string
  /** What was found about it: chosen to begin with. */
  readonly found: readonly string[]
  readonly spkiSha256: string
  readonly onClose: () => void
}

/** Makes an exception: which findings of which backend, until when, on whose word and why. It is a version of its own. */
export function ExceptionForm({ backend, found, spkiSha256, onClose }: ExceptionFormProps) {
  const client = useQueryClient()
  const { name } = useSession()
  const catalogue = useQuery(queries.catalogue)
  const known = catalogue.data?.findings ?? []
  const [findings, setFindings] = useState<readonly string[]>(found)
  const making = useMutation({
    mutationFn: addException,
    onSuccess: ({ applied }) => {
      // One that forgives what the rule never lets happen is in force, and of no use.
      const doubts = (applied?.warnings ?? []).filter(({ path }) => path.includes('exceptions'))
      toast([`The exception for ${backend} is in force.`, ...doubts.map(({ message }) => message)].join(' '))
      for (const key of ['backends', 'policy', 'exceptions']) void client.invalidateQueries({ queryKey: [key] })
      onClose()
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const said = (field: string) => String(form.get(field) ?? '')
    const key = form.get('bound') === 'on' ? { spkiSha256 } : {}
    const wanted = findings.filter((each) => known.includes(each))
    making.mutate({
      backend,
      findings: [...wanted],
      until: said('until'),
      owner: said('owner'),
      reason: said('reason'),
      ...key,
    })
  }
  return (
    <Drawer title={`Exception for ${backend}`} onClose={onClose} isDialog>
      <form onSubmit={submit}>
        <FindingChoice known={known} chosen={findings} onChoose={setFindings} />
        {spkiSha256 !== '' && (
          <label className="choice">
            <input type="checkbox" name="bound" defaultChecked />
            <span>
              Only while it shows the same key<span>Another certificate with another key is judged as always.</span>
            </span>
          </label>
        )}
        <label className="field">
          Last day
          <input type="date" name="until" required min={dayIn(0)} defaultValue={dayIn(14)} />
        </label>
        <label className="field">
          Owner
          <input name="owner" required maxLength={200} defaultValue={name} />
        </label>
        <label className="field">
          Reason
          <input name="reason" required maxLength={500} />
        </label>
        <ProblemNote error={making.error} title="There is no exception" />
        <button type="submit" className="main" disabled={findings.length === 0 || making.isPending}>
          {making.isPending ? 'Applying…' : 'Apply the exception'}
        </button>
      </form>
    </Drawer>
  )
}

async function addException(body: NewException) {
  const { etag } = await ask<{ readonly etag: string }>('/exceptions')
  return change('/exceptions', { method: 'POST', body, ifMatch: etag })
}

function dayIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
}
