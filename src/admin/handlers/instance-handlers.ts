import { SidecarError } from '../../errors.ts'
import { productVersion } from '../../settings/product-version.ts'
import { settingPaths } from '../../settings/setting-table.ts'
import type { Handlers } from '../call.ts'
import type { EffectiveSettings, Health, Status } from '../contract.ts'
import type { Frozen, Instance } from '../instance.ts'

type Names = 'health' | 'openApi' | 'status' | 'settings' | 'services' | 'stream' | 'events' | 'operation'

/** The instance itself: how it is, what it was told, what happens. */
export const instanceHandlers: Handlers<Names> = {
  health(call, { instance }) {
    const checks = healthChecks(instance)
    const isOk = checks.every(({ ok }) => ok)
    if (!isOk) call.setStatus(503)
    return { status: isOk ? 'ok' : 'failing', checks }
  },
  // Made and kept where it is sent: it says the same to everybody.
  openApi: () => undefined,
  status: (_call, { instance }) => wholeStatus(instance),
  settings: (_call, { instance }) => settingsInForce(instance),
  services: (_call, { instance }) => ({
    items: instance.settings().settings.services.map((service) => ({ ...service })),
  }),
  stream: () => 'stream',
  events({ query: { limit, cursor } }, { feed }) {
    const after = cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor)
    if (Number.isNaN(after)) throw new SidecarError('OPERATOR_BAD_REQUEST', 'the cursor is none of this list')
    const found = feed.events.filter(({ number }) => number < after)
    const items = found.slice(0, limit)
    return { items, next: found.length > limit ? `${items.at(-1)?.number}` : null }
  },
  operation: ({ params }, { operations }) => operations.named(params.id ?? ''),
}

/** Every health check as the API says it. */
export function healthChecks({ health }: Instance): Health['checks'] {
  return health().map(({ name, ok, detail }) => ({ name, ok, detail }))
}

/** What runs, with what it is made of. */
export function wholeStatus({ status }: Instance): Frozen<Status> {
  const { node, openssl } = process.versions
  return { ...status(), product: { version: productVersion(), node, openssl } }
}

/** The settings, each with where it came from. */
export function settingsInForce(instance: Instance): Frozen<EffectiveSettings> {
  const { settings, origins, file } = instance.settings()
  const items = settingPaths.map((name) => {
    const { from, name: origin } = origins[name]
    return { name, value: valueAt(settings, name), from, origin }
  })
  return { items, file, restartNeeded: instance.status().restartNeeded }
}

/** Durations carry their unit in the settings themselves: `timeouts.dns` is `timeouts.dnsMs`. */
function valueAt(settings: object, path: string): unknown {
  let value: unknown = settings
  for (const step of path.split('.')) {
    const record = value as Record<string, unknown> | undefined
    value = record?.[step] ?? record?.[`${step}Ms`]
  }
  return value
}
