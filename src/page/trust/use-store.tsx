import { useMutation, useQueryClient } from '@tanstack/react-query'
import { changePolicy } from '../api/change.ts'
import { editsToUse } from '../backends/trust-certificate.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { toast } from '../parts/toasts.tsx'

/** Puts a store that nobody trusts yet into the policy, beside the default one. */
export function UseStore({ store }: { readonly store: string }) {
  const client = useQueryClient()
  const using = useMutation({
    mutationFn: () =>
      changePolicy((policy) => editsToUse(store, { rule: '', policy }), `enable custom trust store ${store}`),
    onSuccess: () => {
      toast(`${store} is trusted from now on.`)
      for (const key of ['truststores', 'policy', 'backends']) void client.invalidateQueries({ queryKey: [key] })
    },
  })
  return (
    <>
      <button type="button" disabled={using.isPending} onClick={() => using.mutate()}>
        {using.isPending ? 'Applying…' : 'Trust this store in the policy'}
      </button>
      <ProblemNote error={using.error} />
    </>
  )
}
