import { allowedOrThrow } from '../../policy/allowed-or-throw.ts'
import { decideOn } from '../../policy/decide-on.ts'
import type { Handlers } from '../call.ts'
import { follow } from './follow.ts'
import { inForce } from './policy-handlers.ts'

/** Tries out what a backend accepts, under the policy in force as far as that says where one may go. */
export const tryOutHandlers: Handlers<'tryOutBackend'> = {
  tryOutBackend(call, means) {
    const { instance } = means
    // What is denied is refused at once; there is nothing to follow.
    const decision = allowedOrThrow(decideOn(inForce(instance).policy, call.params.backend ?? ''))
    return follow(call, means, {
      kind: 'try-out',
      work: async (tell) => {
        const startedMs = performance.now()
        const progress = (made: number) =>
          tell({
            stage: 'tried-out',
            message: `${made} handshakes are made`,
            elapsedMs: performance.now() - startedMs,
          })
        const tried = await instance.tryOut(decision, progress)
        return { trial: { backend: decision.destination.authority, rule: decision.rule.name, ...tried } }
      },
    })
  },
}
