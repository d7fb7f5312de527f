/** Backup and restore. What comes back is looked at first, and comes into force through the one queue like any change. */
import { makeBackup } from '../../backup/make-backup.ts'
import { type ReadBackup, readBackup } from '../../backup/read-backup.ts'
import { readSettingsText } from '../../backup/read-settings-text.ts'
import { addStores, compareStores } from '../../backup/store-changes.ts'
import { SidecarError } from '../../errors.ts'
import { diffText } from '../../history/diff-text.ts'
import { describeAnchors } from '../../truststore/describe-anchors.ts'
import { assertFewValues } from '../assert-few-values.ts'
import type { Call, Handlers, Means } from '../call.ts'
import { previewKeptMs } from '../previews.ts'
import { confirmOf } from './confirm-of.ts'
import { changing, follow } from './follow.ts'
import { assertInForce, check, sourceOf } from './policy-handlers.ts'
import { storesOf } from './trust-handlers.ts'

export const backupHandlers: Handlers<'backup' | 'previewRestore' | 'restore'> = {
  async backup(call, { instance, now }) {
    const day = new Date(now()).toISOString().slice(0, 10)
    call.setField('Content-Disposition', `attachment; filename="vedette-backup-${day}.json"`)
    const { history } = instance
    const settingsFile = instance.settings().file
    const { text, notKept } = await makeBackup({ history, stores: storesOf(instance), settingsFile, nowMs: now() })
    for (const store of notKept) instance.log('backup.incomplete', `not in the backup: trust store ${store}`)
    return text
  },

  async previewRestore({ body }, { instance, restores, now }) {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
    assertFewValues(bytes, VALUES_MAX)
    const read = await readBackup(bytes)
    const { digest, policy, stores, backup } = read
    const untilMs = now() + previewKeptMs
    const { number, author, timeMs, comment, text } = policy
    const { valid, problems, sentences, diff } = check({ text }, instance, now())
    const changes = await compareStores(stores, storesOf(instance))
    restores.keep({ digest, store: '', read, untilMs })
    return {
      ...{ digest, expiresMs: untilMs, madeMs: backup.madeMs, product: backup.product },
      policy: { number, author, timeMs, comment, text, valid, problems, sentences, diff },
      trustStores: changes.map(({ fresh, ...change }) => ({
        ...change,
        fresh: describeAnchors([{ file: 'backup', certificates: fresh }], now()),
      })),
      notKept: backup.trustStores.filter(({ problem }) => problem !== '').map(({ name }) => name),
      settings: await settingsBeside(read, instance.settings().file),
      versions: backup.versions.length,
    }
  },

  restore(call, means) {
    const { instance, restores, now } = means
    const kept = restores.find('', call.params.digest ?? '', now())
    if (kept === undefined) throw new SidecarError('OPERATOR_NOT_FOUND', 'this backup was forgotten: send it again')
    assertInForce(call.ifVersion, instance)
    const bring = bringBack(kept.read, { call, means })
    // Once at a time: of two at once the one that comes too late would take back what the other has added.
    restores.forget(kept)
    return follow(call, means, {
      kind: 'restore',
      work: async (tell) => {
        try {
          return await bring(tell)
        } catch (thrown) {
          restores.keep(kept)
          throw thrown
        }
      },
    })
  },
}

interface Asked {
  readonly call: Pick<Call<'restore'>, 'who' | 'body' | 'ifVersion'>
  readonly means: Pick<Means, 'instance'>
}

/** The policy may name the stores, so their certificates are there first; they go again when it does not come into force. */
function bringBack({ policy, stores, backup }: ReadBackup, { call, means: { instance } }: Asked) {
  const { who, body, ifVersion } = call
  const made = new Date(backup.madeMs).toISOString()
  const comment = body.comment === '' ? `restored from a backup of ${made}, version ${policy.number}` : body.comment
  const confirm = confirmOf(body)
  const change = changing(instance, {
    ...{ kind: 'candidate', source: sourceOf(who), text: policy.text, comment, author: who.name, ifVersion },
    cut: body.connections === 'cut',
    ...confirm,
  })
  return async (tell: Parameters<typeof change>[0]) => {
    const place = storesOf(instance)
    const takeBack = await addStores(await compareStores(stores, place), place)
    try {
      return await change(tell)
    } catch (thrown) {
      await takeBack()
      throw thrown
    }
  }
}

async function settingsBeside({ backup: { settings } }: ReadBackup, here: string | null) {
  if (settings === null) return null
  const text = here === null ? '' : await readSettingsText(here)
  const names = { a: here ?? 'no settings file', b: `${settings.file} of the backup` }
  return { file: settings.file, diff: diffText(text, settings.text, names) }
}

/** Ten thousand versions have eight each; the rest is for certificates. */
const VALUES_MAX = 100_000
