/** Takes a file with certificates, shows what it holds, and trusts what the reader has ticked: never before. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import type { Operation, Upload } from '../../admin/contract.ts'
import { ApiProblem, ask } from '../api/ask.ts'
import { operationQuery } from '../api/queries.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { toast } from '../parts/toasts.tsx'
import { UploadForm, type UploadWish } from './upload-form.tsx'
import { UploadPreview } from './upload-preview.tsx'

interface UploadCertificatesProps {
  /** The store that is offered first. */
  readonly store: string
  /** Hears which store has grown. */
  readonly added: (store: string) => void
}

export function UploadCertificates({ store, added }: UploadCertificatesProps) {
  const client = useQueryClient()
  const upload = useMutation({
    mutationFn: ({ store, file, password }: UploadWish) =>
      ask<Upload>(`/truststores/${encodeURIComponent(store)}/uploads`, {
        method: 'POST',
        body: file,
        ...(password === '' ? {} : { storePassword: password }),
      }),
  })
  const commit = useMutation({
    mutationFn: ({ upload, sha256 }: { readonly upload: Upload; readonly sha256: readonly string[] }) =>
      ask<Operation>(`/truststores/${encodeURIComponent(upload.store)}/uploads/${upload.digest}`, {
        method: 'POST',
        body: { sha256 },
      }),
  })
  const { data: operation } = useQuery(operationQuery(commit.data?.id ?? ''))
  const finish = useEffectEvent(() => {
    const grown = upload.data?.store ?? store
    toast(`The store ${grown} has grown`)
    added(grown)
    upload.reset()
    commit.reset()
    void client.invalidateQueries({ queryKey: ['truststores'] })
  })
  useEffect(() => {
    if (operation?.state === 'done') finish()
  }, [operation?.state])
  const problem = operation?.problem ?? null
  return (
    <section className="card" aria-label="Upload certificates">
      <UploadForm store={store} isBusy={upload.isPending} send={(wish) => upload.mutate(wish)} />
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
          trust={(sha256) => commit.mutate({ upload: upload.data, sha256 })}
        />
      )}
    </section>
  )
}
