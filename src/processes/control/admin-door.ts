/** Opens the admin address: the instance as the admin room wants to see it, made of the parts of the control process. */
import { AdminRoom } from '../../admin/admin-room.ts'
import type { BackendWatch, Instance, Wish } from '../../admin/instance.ts'
import { SidecarError } from '../../errors.ts'
import { destinationsSince } from '../../history/sightings.ts'
import { formatListenAddress } from '../../settings/listen-address.ts'
import { type LoadOptions, loadSettings } from '../../settings/load-settings.ts'
import type { ListenAddress, Settings } from '../../settings/settings.ts'
import type { Snapshot } from '../../settings/snapshot.ts'
import { describeUnnamedAdmin } from '../../settings/unnamed-admin.ts'
import { type OpenAddress, saySetupLink } from './setup-link.ts'
import { probe } from './trials/probe.ts'
import { rehearsalList } from './trials/rehearsal-list.ts'
import { rehearseCandidate } from './trials/rehearse-candidate.ts'
import { tryOut } from './trials/try-out.ts'
import { WaitingLine } from './trials/waiting-line.ts'
import type { Actors } from './versions/acts.ts'
import type { Change } from './versions/change.ts'
import { composeSnapshot } from './versions/compose-snapshot.ts'
import { loadIdentity } from './versions/identity-reader.ts'
import { appliedUnder } from './versions/note-upgrade.ts'
import type { Log } from './versions/outcome-record.ts'

export interface AdminDoorOptions extends Pick<Instance, 'health' | 'totals'> {
  readonly actors: Actors
  readonly settings: Settings
  readonly load: LoadOptions
  readonly log: Log
}

/** An open door. */
export interface AdminDoor extends OpenAddress {
  readonly room: AdminRoom
  readonly address: ListenAddress
}

/** Listens on admin.listen; throws when it cannot, or when its key pair is bad. */
export async function openAdminDoor(options: AdminDoorOptions): Promise<AdminDoor> {
  const { settings, log, actors } = options
  const { admin } = settings
  const identity = admin.identity === 'none' ? undefined : await loadIdentity(settings.identities, admin.identity)
  const room = new AdminRoom({ instance: instanceFrom(options), admin, identity })
  const address = await room.start()
  // An address for everybody, such as 0.0.0.0, is none to go to: the first name that was given is.
  const host = admin.hosts.find((name) => name !== 'own') ?? address.host
  const origin = `${identity === undefined ? 'http' : 'https'}://${formatListenAddress({ ...address, host })}`
  log('admin.listening', `System Manager and API on ${origin}`, { ...address })
  const unnamed = describeUnnamedAdmin(admin)
  if (unnamed !== '') log('admin.unnamed', unnamed, { ...address })
  saySetupLink({ history: actors.history, origin })
  return { room, address, origin }
}

function instanceFrom({ actors, load, log, health, totals }: AdminDoorOptions): Instance {
  const { snapshot, readers, history, known, rehearsals: line } = actors
  const trials = new WaitingLine('backends to be tried out', 2)
  return {
    history,
    environment: load.environment,
    status: () => actors.status(),
    snapshot,
    settings: () => loadSettings(load),
    async change(wish, tell) {
      if (actors.stopping()) throw new SidecarError('INTERNAL_DRAINING', 'the instance is shutting down')
      return actors.change(changeOf(wish), tell)
    },
    confirm: (author) => actors.confirm(author),
    async compose(text) {
      const { settings, generation, version } = inForce(snapshot())
      const source = { text, file: 'candidate' }
      const composition = await composeSnapshot(source, {
        ...{ settings, readers: readers(settings), generation, version },
        appliedUnder: appliedUnder(history, text),
      })
      return composition.snapshot
    },
    async rehearse(text, tell) {
      const startedMs = performance.now()
      const progress = ({ tried, of }: { tried: number; of: number }) =>
        tell({
          stage: 'rehearsed',
          message: `${tried} of ${of} backends are tried`,
          elapsedMs: performance.now() - startedMs,
        })
      const means = { history, readers, known, line, active: inForce(snapshot()), progress }
      return rehearseCandidate({ text, file: 'candidate' }, means)
    },
    probe: (under, decision) => probe(under, decision, known),
    tryOut: (decision, progress) => trials.take(() => tryOut({ snapshot: inForce(snapshot()), decision, progress })),
    backendWatch: () => backendWatch(inForce(snapshot()), actors),
    health,
    totals,
    log,
  }
}

function backendWatch(snapshot: Snapshot, { backendHealth: health, history }: Actors): BackendWatch {
  const { policy, settings } = snapshot
  const { watched } = health
  const seen = destinationsSince(history, 0, SEEN_MAX)
  const known = rehearsalList({ policies: [policy], services: settings.services, seen })
  return {
    named: known.filter(({ configured }) => configured).map(({ authority }) => authority),
    everyMs: (backend) => watched.get(backend)?.everyMs,
    lastCheck: (backend) => (watched.has(backend) ? health.of(backend) : undefined),
  }
}

function inForce(snapshot: Snapshot | undefined): Snapshot {
  if (snapshot !== undefined) return snapshot
  throw new SidecarError('OPERATOR_VERSION_UNKNOWN', 'nothing is in force yet')
}

function changeOf(wish: Wish): Change {
  if (wish.kind === 'reload') return { ...wish, trigger: 'api' }
  const { cut, ...rest } = wish
  const more = cut ? ({ tunnels: 'cut' } as const) : {}
  if (rest.kind === 'rollback') return { ...rest, ...more, trigger: 'rollback' }
  return { ...rest, ...more, trigger: rest.source, file: 'candidate' }
}

/** More backends than these are not listed anywhere. */
const SEEN_MAX = 5000
