/** Trust stores. What is uploaded is parsed in a child process, shown, and believed only when somebody names it. */
import crypto from 'node:crypto'
import { SidecarError } from '../../errors.ts'
import { addToStore, folderForAddition, removeFromStore } from '../../truststore/change-store.ts'
import { describeAnchors } from '../../truststore/describe-anchors.ts'
import { makeTrustSet } from '../../truststore/make-trust-set.ts'
import { readCertificates } from '../../truststore/read-certificates.ts'
import { readStore, type StorePlace, type StoreReading } from '../../truststore/read-store.ts'
import { assertStoreName, builtInStores, listStores } from '../../truststore/store-files.ts'
import type { Handlers } from '../call.ts'
import type { TrustStore, TrustStoreDetail } from '../contract.ts'
import type { Frozen, Instance } from '../instance.ts'
import { previewKeptMs } from '../previews.ts'
import { changing, follow } from './follow.ts'
import { inForce } from './policy-handlers.ts'

type Names =
  | 'trustStores'
  | 'trustStore'
  | 'exportTrustStore'
  | 'uploadCertificates'
  | 'commitUpload'
  | 'removeCertificate'

export const trustHandlers: Handlers<Names> = {
  trustStores: async (_call, { instance, now }) => ({ items: await describeStores(instance, now()) }),

  trustStore: ({ params }, { instance, now }) => describeStore(nameIn(params.store), instance, now()),

  async exportTrustStore({ params }, { instance }) {
    const { sources } = await readWhole(nameIn(params.store), instance)
    return sources.flatMap(({ certificates }) => certificates.map((each) => each.toString())).join('')
  },

  async uploadCertificates(call, { instance, uploads, now }) {
    const store = nameIn(call.params.store)
    const bytes = Buffer.isBuffer(call.body) ? call.body : Buffer.alloc(0)
    const { isEmpty } = await folderForAddition(folderOf(instance), store)
    const certificates = await readCertificates('the upload', bytes, async () => call.storePassword)
    if (certificates.length > CERTIFICATES_MAX) {
      throw new SidecarError(
        'OPERATOR_TOO_LARGE',
        `the file holds ${certificates.length} certificates; ${CERTIFICATES_MAX} may be added at once`,
      )
    }
    const digest = crypto.hash('sha256', bytes, 'hex')
    const untilMs = now() + previewKeptMs
    uploads.keep({ digest, store, certificates, untilMs })
    const before = isEmpty ? [] : describeAnchors((await readWhole(store, instance)).sources, now())
    const known = new Set(before.map(({ sha256 }) => sha256))
    const anchors = describeAnchors([{ file: 'upload', certificates }], now())
    return {
      ...{ digest, store, expiresMs: untilMs },
      fresh: anchors.filter(({ sha256 }) => !known.has(sha256)),
      known: anchors.filter(({ sha256 }) => known.has(sha256)),
    }
  },

  async commitUpload(call, means) {
    const { instance, uploads, now } = means
    const store = nameIn(call.params.store)
    const upload = uploads.find(store, call.params.digest ?? '', now())
    if (upload === undefined)
      throw new SidecarError('OPERATOR_NOT_FOUND', 'this upload was forgotten: send the file again')
    const chosen = new Set(call.body.sha256)
    const wanted = upload.certificates.filter((each) => chosen.delete(fingerprintOf(each)))
    if (chosen.size > 0) {
      throw new SidecarError('OPERATOR_BAD_REQUEST', `the upload holds no certificate ${[...chosen][0]}`)
    }
    const { folder } = await folderForAddition(folderOf(instance), store)
    return follow(call, means, {
      kind: 'truststore',
      work: async (tell) => {
        await addToStore(folder, wanted)
        uploads.forget(upload)
        return changing(instance, { kind: 'reload', author: call.who.name })(tell)
      },
    })
  },

  async removeCertificate(call, means) {
    const { instance } = means
    const store = nameIn(call.params.store)
    if (builtInStores.includes(store))
      throw new SidecarError('OPERATOR_USAGE', `${store} is built in and stays as it is`)
    const { sources } = await readWhole(store, instance)
    const all = sources.flatMap(({ certificates }) => certificates)
    const doomed = all.find((each) => fingerprintOf(each) === call.params.sha256)
    if (doomed === undefined) throw new SidecarError('OPERATOR_NOT_FOUND', `${store} holds no such certificate`)
    return follow(call, means, {
      kind: 'truststore',
      work: async (tell) => {
        await removeFromStore(sources, doomed.raw)
        return changing(instance, { kind: 'reload', author: call.who.name })(tell)
      },
    })
  },
}

/** Describes every store there is, without its certificates. */
export async function describeStores(instance: Instance, nowMs: number): Promise<Frozen<TrustStore>[]> {
  const stores: Frozen<TrustStore>[] = []
  for (const name of [...builtInStores, ...(await listStores(folderOf(instance)))]) {
    const { anchors: _, ...store } = await describeStore(name, instance, nowMs)
    stores.push(store)
  }
  return stores
}

async function describeStore(name: string, instance: Instance, nowMs: number): Promise<Frozen<TrustStoreDetail>> {
  const { sources, wrong } = await readStore(name, storesOf(instance))
  const anchors = describeAnchors(sources, nowMs)
  const certificates = sources.flatMap((source) => source.certificates)
  return {
    ...{ name, anchors, builtIn: builtInStores.includes(name), certificates: anchors.length },
    sha256: wrong.length > 0 ? '' : makeTrustSet(name, certificates).sha256,
    firstExpiry: anchors.map(({ notAfter }) => notAfter).sort()[0] ?? '',
    warnings: anchors.filter(({ warnings }) => warnings.length > 0).length,
    problems: wrong.map(({ message }) => message),
    usedBy: usedBy(name, instance),
  }
}

function usedBy(name: string, instance: Instance): readonly string[] {
  const { rules, unlisted } = inForce(instance).policy
  return [...rules, unlisted].filter(({ trustStores }) => trustStores.includes(name)).map((rule) => rule.name)
}

async function readWhole(name: string, instance: Instance): Promise<StoreReading> {
  const reading = await readStore(name, storesOf(instance))
  if (reading.wrong[0] !== undefined) throw reading.wrong[0]
  return reading
}

/** Tells where the trust stores in force lie. */
export function storesOf(instance: Instance): StorePlace {
  return { folder: folderOf(instance), environment: instance.environment }
}

function folderOf(instance: Instance): string {
  return inForce(instance).settings.truststores
}

/** A name becomes part of a path, so it has to be a plain word before anything else happens. */
function nameIn(name = ''): string {
  assertStoreName(name)
  return name
}

/** Node writes fingerprints in upper case with colons; everything here has them plain. */
function fingerprintOf(certificate: crypto.X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase()
}

const CERTIFICATES_MAX = 1000
