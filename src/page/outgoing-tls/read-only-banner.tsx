import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/queries.ts'

/** Says that nothing can be applied here before anybody has drafted it: the file may be mounted from elsewhere. */
export function ReadOnlyBanner() {
  const { data: status } = useQuery(queries.status)
  if (status === undefined || status.policy.writeFault === '') return null
  const { file, writeFault } = status.policy
  return (
    <section className="note" aria-label="Read-only policy">
      <strong>Here the policy can be looked at and rehearsed, and not changed</strong>
      <p>
        The policy file <code>{file}</code> cannot be written ({writeFault}). Change it where it comes from, and it
        comes into force by itself.
      </p>
    </section>
  )
}
