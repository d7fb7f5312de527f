/** What each request on the control socket does; the table is complete by its type. */

import { confirmOf } from '../../../admin/handlers/confirm-of.ts'
import type { Known } from '../../../backend/backends.ts'
import { SidecarError } from '../../../errors.ts'
import { recordAudit } from '../../../history/audit.ts'
import { listMigrations } from '../../../history/catalogues.ts'
import { diffText } from '../../../history/diff-text.ts'
import { exceptionUses } from '../../../history/exception-uses.ts'
import type { History } from '../../../history/open-history.ts'
import { lastSightings, sightingsOf } from '../../../history/sightings.ts'
import { activeVersion, listVersions, versionByNumber } from '../../../history/versions.ts'
import { parseAuthority } from '../../../policy/parse-destination.ts'
import type { ListState } from '../../../revocation/list-state.ts'
import type { Settings } from '../../../settings/settings.ts'
import type { Snapshot } from '../../../settings/snapshot.ts'
import type {
  Act,
  Acts,
  Applied,
  ApplyRequest,
  BackendsRequest,
  Confirmed,
  ControlRequest,
  RequestOf,
} from '../control-protocol.ts'
import { makeSetupLink, type OpenAddress } from '../setup-link.ts'
import type { Status } from '../status.ts'
import { recordTokenAct } from '../token-record.ts'
import { rehearseCandidate } from '../trials/rehearse-candidate.ts'
import type { WaitingLine } from '../trials/waiting-line.ts'
import type { BackendHealth } from '../watch/backend-health.ts'
import { listExceptions } from '../watch/exception-list.ts'
import type { Change, TellProgress } from './change.ts'
import type { Readers } from './compose-snapshot.ts'
import type { Log } from './outcome-record.ts'

/** What the requests act upon. */
export interface Actors {
  readonly history: History
  readonly change: (change: Change, progress: TellProgress) => Promise<Applied>
  readonly confirm: (author: string) => Confirmed
  readonly status: () => Status
  /** What is in force; undefined before the first generation. */
  readonly snapshot: () => Snapshot | undefined
  readonly readers: (settings: Settings) => Readers
  /** The open admin address; undefined before it is. */
  readonly admin: () => OpenAddress | undefined
  readonly revocation: { readonly lists: readonly ListState[]; fetchAll(): Promise<void> }
  readonly stopping: () => boolean
  readonly known: Known
  readonly backendHealth: Pick<BackendHealth, 'of' | 'watched'>
  readonly rehearsals: WaitingLine
  readonly log: Log
}

/** Carries out one request from the control socket. */
export async function carryOutRequest(
  request: ControlRequest,
  progress: TellProgress,
  actors: Actors,
): Promise<Acts[Act]['result']> {
  if (actors.stopping() && changing.includes(request.act)) {
    throw new SidecarError('INTERNAL_DRAINING', 'the instance is shutting down')
  }
  const act = acts[request.act] as (request: ControlRequest, actors: Actors, progress: TellProgress) => unknown
  return (await act(request, actors, progress)) as Acts[Act]['result']
}

type Performance<A extends Act> = (
  request: RequestOf<A>,
  actors: Actors,
  progress: TellProgress,
) => Acts[A]['result'] | Promise<Acts[A]['result']>

const acts: { readonly [A in Act]: Performance<A> } = {
  apply: (request, { change }, progress) => change(candidateOf(request), progress),
  rollback: ({ author, comment, version, tunnels, ...trial }, { change }, progress) => {
    const wish = { ...(version === undefined ? {} : { version }), ...(tunnels === undefined ? {} : { tunnels }) }
    return change({ kind: 'rollback', trigger: 'rollback', author, comment, ...wish, ...confirmOf(trial) }, progress)
  },
  reload: ({ author, afresh, tunnels }, { change }, progress) => {
    const wish = { ...(afresh ? { afresh } : {}), ...(tunnels === undefined ? {} : { tunnels }) }
    return change({ kind: 'reload', trigger: 'cli', author, ...wish }, progress)
  },
  confirm: ({ author }, { confirm }) => confirm(author),
  versions: ({ limit = 50, before }, { history }) => ({
    active: activeVersion(history)?.number ?? null,
    versions: listVersions(history, { limit, ...(before === undefined ? {} : { before }) }),
  }),
  migrations: ({ limit = 20 }, { history }) => ({ migrations: listMigrations(history, limit) }),
  diff: ({ a, b }, { history }) => {
    const [one, other] = [versionByNumber(history, a), versionByNumber(history, b)]
    return { diff: diffText(one.text, other.text, { a: `version ${a}`, b: `version ${b}` }) }
  },
  status: (_request, { status }) => status(),
  backends: (request, { history }) => ({ backends: lastSightings(history, filterOf(request)) }),
  backend: ({ destination }, { history }) => ({
    sightings: sightingsOf(history, parseAuthority(destination, TLS_PORT).authority).map((sighting) => ({
      ...sighting,
      chain: sighting.chain.map((der) => Buffer.from(der).toString('base64')),
    })),
  }),
  exceptions: (_request, actors) => ({
    exceptions: listExceptions(inForce(actors).policy, { uses: exceptionUses(actors.history), nowMs: Date.now() }),
  }),
  rehearse: (request, actors, tell) => rehearseCandidate(request, rehearsalMeans(actors, tell)),
  setup({ author, recover }, { history, admin }) {
    const door = admin()
    if (door === undefined) throw new SidecarError('OPERATOR_NOT_FOUND', 'the admin address is not open yet')
    const link = makeSetupLink({ history, ...door, recover: recover === 1 })
    const entry = { actor: author, address: '', action: 'setup', subject: '', outcome: 'done', detail: {} } as const
    recordAudit(history, { ...entry, timeMs: Date.now() })
    return link
  },
  token({ id: _, act: __, ...act }, { history, log }) {
    recordTokenAct(history, act, log)
    return {}
  },
  async 'revocation-lists'({ fetch }, { revocation }) {
    if (fetch) await revocation.fetchAll()
    return { lists: revocation.lists }
  },
}

const changing: readonly Act[] = ['apply', 'rollback', 'reload']

function filterOf({ untrusted = false, endingWithinMs, limit }: BackendsRequest) {
  return {
    untrusted,
    ...(endingWithinMs === undefined ? {} : { endingBeforeMs: Date.now() + endingWithinMs }),
    ...(limit === undefined ? {} : { limit }),
  }
}

function rehearsalMeans(actors: Actors, tell: TellProgress) {
  const { history, readers, known, rehearsals: line } = actors
  const startedMs = performance.now()
  const progress = ({ tried, of }: { tried: number; of: number }) => {
    if (tried % TOLD_EACH !== 0 && tried !== of) return
    const message = `${tried} of ${of} backends are tried`
    tell({ stage: 'rehearsed', message, elapsedMs: performance.now() - startedMs })
  }
  return { history, readers, known, line, active: inForce(actors), progress }
}

function inForce({ snapshot }: Actors): Snapshot {
  const active = snapshot()
  if (active === undefined) throw new SidecarError('INTERNAL_ERROR', 'a command came before anything was in force')
  return active
}

function candidateOf({ text, file, author, comment, ifVersion, tunnels, ...trial }: ApplyRequest): Change {
  return {
    kind: 'candidate',
    trigger: 'cli',
    source: 'cli',
    text,
    file,
    author,
    comment,
    ...(ifVersion === undefined ? {} : { ifVersion }),
    ...confirmOf(trial),
    ...(tunnels === undefined ? {} : { tunnels }),
  }
}

/** After how many backends somebody who waits is told. */
const TOLD_EACH = 50
const TLS_PORT = 443
