/**
 * One document for whoever is to help. It is made of what the API tells a viewer anyway and of counters; what may hold a secret
 * all the same (an error's text, a setting somebody misused) goes through the same censor as the log. No policy text, no
 * connection and no list of users is in it; who changed something is, and whom an event tells of.
 */
import { listRejections } from '../../history/rejections.ts'
import { listVersions } from '../../history/versions.ts'
import { redactFields } from '../../observe/redact.ts'
import type { Handlers, Means } from '../call.ts'
import { healthChecks, settingsInForce, wholeStatus } from './instance-handlers.ts'
import { describeStores } from './trust-handlers.ts'

export const diagnosticsHandlers: Handlers<'diagnostics'> = {
  async diagnostics(call, means) {
    const madeMs = means.now()
    const day = new Date(madeMs).toISOString().slice(0, 10)
    call.setField('Content-Disposition', `attachment; filename="vedette-diagnostics-${day}.json"`)
    const { product, ...status } = wholeStatus(means.instance)
    const { platform, arch } = process
    const memory = { ...process.memoryUsage() }
    return {
      ...{ kind: 'Diagnostics', madeMs, product: { ...product, platform, arch }, memory },
      ...(redactFields({ status, ...(await partsOf(means)) }) as Parts),
    }
  },
}

/** Everything that is censored, which keeps its shape. */
type Parts = Awaited<ReturnType<typeof partsOf>> & { readonly status: Readonly<Record<string, unknown>> }

async function partsOf({ instance, feed, now }: Means) {
  const { history } = instance
  return {
    health: healthChecks(instance),
    settings: settingsInForce(instance).items,
    services: instance.settings().settings.services.map((service) => ({ ...service })),
    versions: listVersions(history, { limit: LISTED_MAX }).map((version) => ({ ...version })),
    rejections: listRejections(history, { limit: LISTED_MAX }).map((rejection) => ({ ...rejection })),
    events: feed.events.slice(0, EVENTS_MAX).map((event) => ({ ...event })),
    failures: feed.failures
      .all(now())
      .slice(0, LISTED_MAX)
      .map((failure) => ({ ...failure })),
    counters: { ...instance.totals() },
    trustStores: await describeStores(instance, now()),
  }
}

const LISTED_MAX = 50
/** The censor cuts lists at this length. */
const EVENTS_MAX = 200
