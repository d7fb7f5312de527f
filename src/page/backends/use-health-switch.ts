import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { EditRequest, PolicyDocument } from '../../admin/contract.ts'
import { changePolicy } from '../api/change.ts'
import { toast } from '../parts/toasts.tsx'

/** Gives what switches health checks: a version of its own, in force at once. `what` is whose checks they are. */
export function useHealthSwitch(
  what: string,
  edits: (document: PolicyDocument, enabled: boolean) => EditRequest['edits'],
) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (enabled: boolean) =>
      changePolicy(({ document }) => edits(document, enabled), `health checks of ${what} ${enabled ? 'on' : 'off'}`),
    onSuccess: (_done, enabled) => toast(`Health checks of ${what} are ${enabled ? 'on' : 'off'}.`),
    onSettled: () => Promise.all(['backends', 'policy'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  })
}
