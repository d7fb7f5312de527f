/** What each request on the control socket does; the table is complete by its type. */
import { SidecarError } from '../errors.ts'
import { diffText } from '../history/diff-text.ts'
import type { History } from '../history/open-history.ts'
import { activeVersion, listVersions, versionByNumber } from '../history/versions.ts'
import type { Change, TellProgress } from './change.ts'
import type { Act, Acts, Applied, ApplyRequest, Confirmed, ControlRequest, RequestOf } from './control-protocol.ts'
import type { Status } from './status.ts'

/** What the requests act upon. */
export interface Actors {
  readonly history: History
  readonly change: (change: Change, progress: TellProgress) => Promise<Applied>
  readonly confirm: (author: string) => Confirmed
  readonly status: () => Status
  readonly stopping: () => boolean
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
  rollback: ({ author, comment, version }, { change }, progress) =>
    change(
      { kind: 'rollback', trigger: 'rollback', author, comment, ...(version === undefined ? {} : { version }) },
      progress,
    ),
  reload: ({ author }, { change }, progress) => change({ kind: 'reload', trigger: 'cli', author }, progress),
  confirm: ({ author }, { confirm }) => confirm(author),
  versions: ({ limit = 50, before }, { history }) => ({
    active: activeVersion(history)?.number ?? null,
    versions: listVersions(history, { limit, ...(before === undefined ? {} : { before }) }),
  }),
  diff: ({ a, b }, { history }) => {
    const [one, other] = [versionByNumber(history, a), versionByNumber(history, b)]
    return { diff: diffText(one.text, other.text, { a: `version ${a}`, b: `version ${b}` }) }
  },
  status: (_request, { status }) => status(),
}

const changing: readonly Act[] = ['apply', 'rollback', 'reload']

function candidateOf(request: ApplyRequest): Change {
  const { text, file, author, comment, ifVersion, confirmWithinMs: withinMs, revertOnRefusals } = request
  if (withinMs === undefined && revertOnRefusals !== undefined) {
    throw new SidecarError(
      'OPERATOR_USAGE',
      'revertOnRefusals needs confirmWithinMs: it watches until the confirmation',
    )
  }
  const confirm =
    withinMs === undefined ? undefined : { withinMs, ...(revertOnRefusals === undefined ? {} : { revertOnRefusals }) }
  return {
    kind: 'candidate',
    trigger: 'cli',
    source: 'cli',
    text,
    file,
    author,
    comment,
    ...(ifVersion === undefined ? {} : { ifVersion }),
    ...(confirm ? { confirm } : {}),
  }
}
