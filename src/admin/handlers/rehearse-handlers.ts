import type { Handlers } from '../call.ts'
import { placeOf } from '../places.ts'
import { follow } from './follow.ts'

/** Tries a candidate against every backend known, a few at a time, beside the traffic. */
export const rehearseHandlers: Handlers<'rehearsePolicy'> = {
  async rehearsePolicy(call, means) {
    const { instance } = means
    const { text } = call.body
    // A text that makes no policy is refused at once; there is nothing to follow.
    await instance.compose(text)
    return follow(call, means, {
      kind: 'rehearse',
      work: async (tell) => {
        const { warnings, ...tried } = await instance.rehearse(text, tell)
        return { rehearsal: { ...tried, warnings: warnings.map(placeOf) } }
      },
    })
  },
}
