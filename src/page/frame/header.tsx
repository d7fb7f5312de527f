import { useQuery } from '@tanstack/react-query'
import type { Session, Status } from '../../admin/contract.ts'
import { queries } from '../api/queries.ts'
import { useIsStreamOpen } from '../api/stream.ts'
import { documentsAt } from '../documents/address-of.ts'
import { Link } from '../router/link.tsx'
import { describeStrict } from './describe-strict.ts'
import { ThemeSwitch } from './theme-switch.tsx'
import { UserMenu } from './user-menu.tsx'

/** Which instance this is, what it runs, and how it is. */
export function Header({ session }: { readonly session: Session }) {
  const { data: status } = useQuery(queries.status)
  return (
    <header className="top">
      <p className="instance">
        <strong>Vedette</strong> <span className="quiet">{location.host}</span>
      </p>
      {status !== undefined && <VersionChip status={status} />}
      <StrictMark />
      <Health status={status} />
      <a href={documentsAt} target="_blank" rel="noreferrer">
        Documents
      </a>
      <ThemeSwitch />
      <UserMenu session={session} />
    </header>
  )
}

function VersionChip({ status: { version, rejected, generations } }: { readonly status: Status }) {
  const draining = generations
    .filter(({ state }) => state === 'draining')
    .flatMap(({ workers }) => workers.map(({ load }) => load.requests + load.tunnels))
    .reduce((sum, each) => sum + each, 0)
  return (
    <Link to={rejected === null ? '/history' : '/history?view=rejected'} className="chip">
      {version === null ? 'No version yet' : `Version ${version.number} in force`}
      {rejected !== null && <span className="bad"> · a newer {rejected.of} was rejected</span>}
      {draining > 0 && ` · draining ${draining}`}
    </Link>
  )
}

/** Stands for as long as the policy in force lets pass what strict TLS would refuse: being healthy is not being safe. */
function StrictMark() {
  const { data: policy } = useQuery(queries.policy)
  const mark = policy === undefined ? undefined : describeStrict(policy.document)
  if (mark === undefined) return null
  return (
    <Link to="/outgoing-tls" className="chip chip-doubtful">
      {mark}
    </Link>
  )
}

/** A dot and the same in words, because colour alone tells some readers nothing. */
function Health({ status }: { readonly status: Status | undefined }) {
  const isOpen = useIsStreamOpen()
  const [kind, text] = healthOf(status, isOpen)
  return (
    <p className="health" title={status?.alarms.join('\n')}>
      <span className={`dot ${kind}`} aria-hidden="true" />
      {text}
    </p>
  )
}

function healthOf(status: Status | undefined, isOpen: boolean): readonly [string, string] {
  if (status === undefined) return ['dot-unknown', 'Connecting…']
  if (!isOpen) return ['dot-unknown', 'No news: reconnecting']
  if (status.alarms.length > 0)
    return ['dot-bad', `${status.alarms.length} alarm${status.alarms.length > 1 ? 's' : ''}`]
  return status.state === 'draining' ? ['dot-doubtful', 'Draining'] : ['dot-good', 'Healthy']
}
