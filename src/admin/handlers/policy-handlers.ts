/** The policy and how it changes. Nothing here decides what a policy means; all that changes goes through the queue. */
import { SidecarError } from '../../errors.ts'
import { diffText } from '../../history/diff-text.ts'
import { pending } from '../../history/pending.ts'
import { listRejections } from '../../history/rejections.ts'
import { undoneVersions } from '../../history/rollback-target.ts'
import { activeVersion, listVersions, type Version, versionByNumber } from '../../history/versions.ts'
import { columnsIn } from '../../policy/catalogue/columns-in.ts'
import { describeChange } from '../../policy/describe/describe-change.ts'
import { describeOffer } from '../../policy/describe/describe-offer.ts'
import { editText } from '../../policy/document/edit-text.ts'
import type { Path } from '../../policy/document/problem.ts'
import type { Identity } from '../access/identity.ts'
import type { Handlers } from '../call.ts'
import type { Check, CheckRequest } from '../contract.ts'
import type { Frozen, Instance } from '../instance.ts'
import { etagOf } from '../parse-call.ts'
import { placeOf } from '../places.ts'
import { confirmOf } from './confirm-of.ts'
import { changing, follow } from './follow.ts'
import { lookAt } from './look-at.ts'
import { numberIn, pageOf } from './pages.ts'

type Names =
  | 'policy'
  | 'checkPolicy'
  | 'editPolicy'
  | 'applyPolicy'
  | 'confirmPolicy'
  | 'rollBackPolicy'
  | 'reload'
  | 'restart'
  | 'versions'
  | 'rejections'
  | 'version'
  | 'diffVersions'

export const policyHandlers: Handlers<Names> = {
  policy(call, { instance }) {
    const { text, ...version } = versionInForce(instance)
    const { name, file } = instance.status().policy
    const { parsed, document, problems } = lookAt(text, instance, { file })
    const { unlisted } = (parsed ?? inForce(instance)).policy
    const etag = etagOf({ version: version.number, sha256: version.sha256 })
    call.setField('ETag', etag)
    return {
      ...{ version, text, etag, name, file, document: document ?? {}, warnings: problems.map(placeOf) },
      pending: pending(instance.history),
      offer: describeOffer(unlisted.tls),
      columns: columnsIn(text, unlisted),
    }
  },

  checkPolicy: ({ body }, { instance, now }) => check(body, instance, now()),

  editPolicy({ body }, { instance, now }) {
    const edits = body.edits.map(({ path, value }) => ({ path: path as Path, value }))
    const text = editText(body.text, edits)
    return { ...check({ ...body, text }, instance, now()), text }
  },

  applyPolicy(call, means) {
    const { body, who, ifVersion } = call
    const { text, comment, connections } = body
    const confirm = confirmOf(body)
    assertInForce(ifVersion, means.instance)
    const work = changing(means.instance, {
      ...{ kind: 'candidate', source: sourceOf(who), text, comment, author: who.name, ifVersion },
      ...{ cut: connections === 'cut', ...confirm },
    })
    return follow(call, means, { kind: 'apply', work })
  },

  confirmPolicy: ({ who }, { instance }) => instance.confirm(who.name),

  rollBackPolicy(call, means) {
    const { body, who, ifVersion } = call
    const { version, comment, connections } = body
    const confirm = confirmOf(body)
    assertInForce(ifVersion, means.instance)
    if (version !== undefined) versionByNumber(means.instance.history, version)
    const work = changing(means.instance, {
      ...{ kind: 'rollback', author: who.name, comment, ifVersion, cut: connections === 'cut' },
      ...confirm,
      ...(version === undefined ? {} : { version }),
    })
    return follow(call, means, { kind: 'rollback', work })
  },

  reload: (call, means) =>
    follow(call, means, { kind: 'reload', work: changing(means.instance, { kind: 'reload', author: call.who.name }) }),

  restart(call, means) {
    const wish = { kind: 'reload', author: call.who.name, afresh: true } as const
    return follow(call, means, { kind: 'restart', work: changing(means.instance, wish) })
  },

  versions({ query: { limit, cursor } }, { instance: { history } }) {
    const before = numberIn(cursor)
    const undone = undoneVersions(history)
    const found = listVersions(history, { limit: limit + 1, ...(before === undefined ? {} : { before }) })
    const items = found.map((version) => ({ ...version, undoneBy: undone.get(version.number) ?? null }))
    return {
      ...pageOf(items, { limit, cursorOf: ({ number }) => `${number}` }),
      active: activeVersion(history)?.number ?? null,
    }
  },

  rejections({ query: { limit, cursor } }, { instance: { history } }) {
    const before = numberIn(cursor)
    const found = listRejections(history, { limit: limit + 1, ...(before === undefined ? {} : { before }) })
    return pageOf(found, { limit, cursorOf: ({ number }) => `${number}` })
  },

  version: ({ params }, { instance }) => versionByNumber(instance.history, versionIn(params.number)),

  diffVersions({ params, query }, { instance }) {
    const { history } = instance
    const [from, to] = [versionByNumber(history, query.against), versionByNumber(history, versionIn(params.number))]
    const diff = diffText(from.text, to.text, { a: `version ${from.number}`, b: `version ${to.number}` })
    const documents = [from, to].map(({ text }) => lookAt(text, instance, { file: 'policy' }).document)
    return { from: from.number, to: to.number, diff, sentences: describeChange(documents[0], documents[1]) }
  },
}

/** Gives the version in force, with its text. */
export function versionInForce({ history }: Instance): Version {
  const version = activeVersion(history)
  if (version === null) throw new SidecarError('OPERATOR_VERSION_UNKNOWN', 'no version is in force yet')
  return version
}

/** Gives what is in force; throws before anything is. */
export function inForce(instance: Instance) {
  const snapshot = instance.snapshot()
  if (snapshot === undefined) throw new SidecarError('OPERATOR_VERSION_UNKNOWN', 'nothing is in force yet')
  return snapshot
}

/** Says at once what the queue would say later: the edit began from another version than the one in force. */
export function assertInForce(ifVersion: number, instance: Instance): void {
  const { number, author, source, timeMs } = versionInForce(instance)
  if (number === ifVersion) return
  const when = new Date(timeMs).toISOString()
  const message = `the edit started from version ${ifVersion}, but version ${number} was applied by ${author} (${source}) at ${when}`
  throw new SidecarError('OPERATOR_EDIT_CONFLICT', message, {
    details: { expected: ifVersion, active: number, author, timeMs },
  })
}

/** The page signs in, programs bring a key. */
export function sourceOf({ by }: Identity): 'page' | 'api' {
  return by === 'session' ? 'page' : 'api'
}

/** Says everything about a text, and how it differs. */
export function check({ text, against }: CheckRequest, instance: Instance, nowMs: number): Frozen<Check> {
  const { problems, parsed, document } = lookAt(text, instance, { file: 'policy', nowMs })
  const before = against === undefined ? versionInForce(instance) : versionByNumber(instance.history, against)
  const old = lookAt(before.text, instance, { file: 'policy' }).document
  return {
    valid: parsed !== undefined,
    problems: problems.map(placeOf),
    document: document ?? null,
    offer: parsed === undefined ? null : describeOffer(parsed.policy.unlisted.tls),
    columns: parsed === undefined ? null : columnsIn(text, parsed.policy.unlisted),
    sentences: document === undefined ? [] : describeChange(old, document),
    diff: diffText(before.text, text, { a: `version ${before.number}`, b: 'candidate' }),
  }
}

function versionIn(text = ''): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new SidecarError('OPERATOR_VERSION_UNKNOWN', `${JSON.stringify(text.slice(0, 40))} is no number of a version`)
}
