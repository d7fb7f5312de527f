/** Takes a file with certificates, shows what it holds, and trusts what the reader has ticked: never before. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useState } from 'react'
import type { Operation, Upload } from '../../admin/contract.ts'
import { ApiProblem, ask } from '../api/ask.ts'
import { operationQuery } from '../api/queries.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { toast } from '../parts/toasts.tsx'
import { UploadPreview } from './upload-preview.tsx'

interface UploadCertificatesProps {
  /** The store that is offered first. */
  readonly store: string
  /** Hears which store has grown. */
  readonly added: (store: string) => void
}

export function UploadCertificates({ store: first, added }: UploadCertificatesProps) {
  const client = useQueryClient()
  const [store, setStore] = useState(first)
  const [file, setFile] = useState<File | null>(null)
  const [password, setPassword] = useState('')
  const upload = useMutation({
    mutationFn: (body: File) => {
      const secret = password === '' ? {} : { storePassword: password }
      return ask<Upload>(`/truststores/${encodeURIComponent(store)}/uploads`, { method: 'POST', body, ...secret })
    },
  })
  const commit = useMutation({
    mutationFn: (sha256: readonly string[]) =>
      ask<Operation>(`/truststores/${encodeURIComponent(store)}/uploads/${upload.data?.digest}`, {
        method: 'POST',
        body: { sha256 },
      }),
  })
  const { data: operation } = useQuery(operationQuery(commit.data?.id ?? ''))
  const finish = useEffectEvent(() => {
    toast(`The store ${store} has grown`)
    added(store)
    upload.reset()
    commit.reset()
    setFile(null)
    void client.invalidateQueries({ queryKey: ['truststores'] })
  })
  useEffect(() => {
    if (operation?.state === 'done') finish()
  }, [operation?.state])
  const problem = operation?.problem ?? null
  return (
    <section className="card" aria-label="Upload certificates">
      <div className="row">
        <label>
          Store{' '}
          <input
            value={store}
            pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
            onChange={({ target }) => setStore(target.value)}
          />
        </label>
        <label>
          Certificates{' '}
          <input type="file" accept={kinds} onChange={({ target }) => setFile(target.files?.[0] ?? null)} />
        </label>
        <label>
          Password, for a key store{' '}
          <input
            type="password"
            autoComplete="off"
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
        </label>
        <button
          type="button"
          disabled={file === null || store === '' || upload.isPending}
          onClick={() => file !== null && upload.mutate(file)}
        >
          Upload and look
        </button>
      </div>
      <ProblemNote error={upload.error} title="The file was not taken" />
      <ProblemNote
        error={commit.error ?? (problem === null ? null : new ApiProblem(problem))}
        title="Nothing is trusted"
      />
      {upload.data !== undefined && (
        <UploadPreview
          key={upload.data.digest}
          upload={upload.data}
          isBusy={commit.isPending || operation?.state === 'running'}
          trust={(sha256) => commit.mutate(sha256)}
        />
      )}
    </section>
  )
}

const kinds = '.pem,.crt,.cer,.der,.p7b,.p7c,.p12,.pfx,.pkcs12,.jks,.jceks,.keystore,.truststore'
