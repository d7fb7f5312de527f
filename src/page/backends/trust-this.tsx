import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { queries } from '../api/queries.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { toast } from '../parts/toasts.tsx'
import { CertificateFacts } from '../show/certificate-facts.tsx'
import { Drawer } from '../show/drawer.tsx'
import { faultOfFingerprint, matchesFingerprint } from '../show/match-fingerprint.ts'
import { type TrustWish, trustCertificate } from './trust-certificate.ts'

interface TrustThisProps extends Omit<TrustWish, 'store'> {
  readonly certificate: Parameters<typeof CertificateFacts>[0]['certificate'] & { readonly pem: string }
  readonly onClose: () => void
}

/**
 * Asks for what makes it safe to trust what a backend showed: its fingerprint from somewhere else, typed, or compared by
 * somebody who says so. Whoever sits between us and the backend could have shown a certificate of their own.
 */
export function TrustThis({ backend, certificate, onClose }: TrustThisProps) {
  const client = useQueryClient()
  // Into which store is asked once it is known which there are: before that there is nothing to send.
  const { isSuccess: knowsStores } = useQuery(queries.trustStores)
  const [typed, setTyped] = useState('')
  const [isCompared, setCompared] = useState(false)
  const fault = faultOfFingerprint(typed, certificate.sha256)
  const isSure = matchesFingerprint(typed, certificate.sha256) || (isCompared && typed === '')
  const trusting = useMutation({
    mutationFn: (store: string) => trustCertificate({ backend, certificate, store }),
    onSuccess: (_done, store) => {
      toast(`${certificate.subject} is trusted in ${store}; the next connection is judged with it.`)
      for (const key of ['backends', 'truststores', 'policy']) void client.invalidateQueries({ queryKey: [key] })
      onClose()
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (isSure) trusting.mutate(String(new FormData(event.currentTarget).get('store')))
  }
  return (
    <Drawer title={`Trust this certificate for ${backend}?`} onClose={onClose} isDialog>
      <CertificateFacts certificate={certificate} />
      <form onSubmit={submit}>
        <Fingerprint typed={typed} onType={setTyped} fault={fault} />
        <label className="choice">
          <input type="checkbox" checked={isCompared} onChange={({ target }) => setCompared(target.checked)} />
          <span>I compared all of the fingerprint above with what its owner told me</span>
        </label>
        <StoreName />
        <p className="quiet">
          A trust store is for more than one backend: whatever it holds is trusted for every destination that is judged
          with it, which is all of them but those whose rule names stores of its own.
        </p>
        <ProblemNote error={trusting.error} title="It is not trusted" />
        <button type="submit" className="main" disabled={!isSure || !knowsStores || trusting.isPending}>
          {trusting.isPending ? 'Applying…' : 'Trust it'}
        </button>
      </form>
    </Drawer>
  )
}

interface FingerprintProps {
  readonly typed: string
  readonly onType: (typed: string) => void
  readonly fault: string
}

function Fingerprint({ typed, onType, fault }: FingerprintProps) {
  const faultId = useId()
  return (
    <label className="field">
      SHA-256 fingerprint, as its owner told you
      <input
        value={typed}
        onChange={({ target }) => onType(target.value)}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={fault !== ''}
        aria-describedby={faultId}
      />
      <span id={faultId} className="bad" role="status">
        {fault}
      </span>
    </label>
  )
}

function StoreName() {
  const { data } = useQuery(queries.trustStores)
  const custom = (data?.items ?? []).filter(({ builtIn }) => !builtIn)
  const list = useId()
  // The first one in use, else a new one; the field is made once it is known which.
  if (data === undefined) return null
  return (
    <label className="field">
      Trust store
      <input
        name="store"
        required
        list={list}
        defaultValue={custom.find(({ usedBy }) => usedBy.length > 0)?.name ?? custom[0]?.name ?? 'custom'}
        pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,63}"
      />
      <datalist id={list}>
        {custom.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </label>
  )
}
