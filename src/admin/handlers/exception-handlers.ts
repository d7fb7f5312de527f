/** Exceptions are entries of the policy: to add one or to take one out is to apply a text that differs in it. */
import { SidecarError } from '../../errors.ts'
import { editText } from '../../policy/document/edit-text.ts'
import { isOver, lastDayOf } from '../../policy/over.ts'
import type { Handlers } from '../call.ts'
import type { Instance } from '../instance.ts'
import { etagOf } from '../parse-call.ts'
import { changing, follow } from './follow.ts'
import { lookAt } from './look-at.ts'
import { assertInForce, sourceOf, versionInForce } from './policy-handlers.ts'

export const exceptionHandlers: Handlers<'exceptions' | 'addException' | 'removeException'> = {
  exceptions(call, { instance, now }) {
    const { number, sha256 } = versionInForce(instance)
    const etag = etagOf({ version: number, sha256 })
    call.setField('ETag', etag)
    const items = written(instance).map(({ record, backend }, index) => {
      const { findings, spkiSha256 = null, owner, reason } = record
      return {
        index,
        backend,
        findings,
        spkiSha256,
        until: lastDayOf(record),
        owner,
        reason,
        isOver: isOver(record, now()),
      }
    })
    return { items, etag }
  },

  addException(call, means) {
    const { backend, until, owner, reason } = call.body
    const { instance } = means
    assertInForce(call.ifVersion, instance)
    const { text } = versionInForce(instance)
    const index = written(instance).length
    const path = index === 0 ? ['spec', 'exceptions'] : ['spec', 'exceptions', index]
    const value = index === 0 ? [call.body] : call.body
    const comment = `exception for ${backend} until ${until}: ${reason} (${owner})`
    const wish = candidate(editText(text, [{ path, value }]), { comment, who: call.who, ifVersion: call.ifVersion })
    return follow(call, means, { kind: 'exception', work: changing(instance, wish) })
  },

  removeException(call, means) {
    const { instance } = means
    assertInForce(call.ifVersion, instance)
    const index = Number(call.params.index)
    const entry = written(instance)[index]
    if (entry === undefined) throw new SidecarError('OPERATOR_NOT_FOUND', 'there is no such exception')
    const text = editText(versionInForce(instance).text, [{ path: ['spec', 'exceptions', index] }])
    const comment = `exception for ${entry.backend} taken out`
    const wish = candidate(text, { comment, who: call.who, ifVersion: call.ifVersion })
    return follow(call, means, { kind: 'exception', work: changing(instance, wish) })
  },
}

/** The entries of the text in force; a text that came into force has them all readable. */
function written(instance: Instance) {
  const { parsed } = lookAt(versionInForce(instance).text, instance, { file: 'policy' })
  return (parsed?.policy.exceptions ?? []).map((record) => {
    const host = record.host.includes(':') ? `[${record.host}]` : record.host
    return { record, backend: `${host}:${record.port}` }
  })
}

interface Asked {
  readonly comment: string
  readonly who: Parameters<typeof sourceOf>[0]
  readonly ifVersion: number
}

function candidate(text: string, { comment, who, ifVersion }: Asked) {
  const source = sourceOf(who)
  return { kind: 'candidate', source, text, comment, author: who.name, ifVersion, cut: false } as const
}
