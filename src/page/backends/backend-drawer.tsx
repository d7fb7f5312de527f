import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { BackendDetail } from '../../admin/contract.ts'
import { backendLook } from '../api/looks.ts'
import { Answered } from '../parts/answered.tsx'
import { Time } from '../parts/time.tsx'
import { Link } from '../router/link.tsx'
import { useMay } from '../session/session-context.ts'
import { nameRule } from '../show/describe-rule.ts'
import { Drawer } from '../show/drawer.tsx'
import { Facts } from '../show/facts.tsx'
import { Findings } from '../show/findings.tsx'
import { Outcome } from '../show/outcome.tsx'
import { CertificatesShown } from './certificates-shown.tsx'
import { Chain } from './chain.tsx'
import { ExceptionForm } from './exception-form.tsx'
import { HealthSwitch } from './health-switch.tsx'
import { ProbeNow } from './probe-now.tsx'
import { TryOut } from './try-out.tsx'

type Sight = BackendDetail['sightings'][number]

/** Everything about one backend, and what can be done about it. */
export function BackendDrawer({ backend, onClose }: { readonly backend: string; readonly onClose: () => void }) {
  const detail = useQuery({ ...backendLook(backend), refetchInterval: LOOK_AGAIN_MS })
  const mayChange = useMay('operator')
  return (
    <Drawer title={backend} onClose={onClose}>
      <Answered query={detail}>
        {(known) => (
          <>
            <Summary known={known} />
            {mayChange && <ProbeNow destination={backend} />}
            <Sights known={known} />
            <CertificatesShown sightings={known.sightings} />
            {mayChange && <TryOut backend={backend} />}
            {mayChange && <Exception known={known} />}
            <HealthSwitch known={known} />
          </>
        )}
      </Answered>
    </Drawer>
  )
}

function Summary({ known }: { readonly known: BackendDetail }) {
  const { backend, rule, outcome, protocol, cipher, group, firstMs, lastMs, count } = known
  return (
    <>
      <Facts
        facts={[
          ['Last verdict', <Outcome key="outcome" outcome={outcome} />],
          ['Rule', nameRule(rule)],
          ['Protocol', protocol],
          ['Cipher suite', cipher],
          ['Group', group],
          ['Name sent (SNI)', known.sightings[0]?.serverName ?? ''],
          ['First seen', firstMs === null ? '' : <Time key="first" ms={firstMs} />],
          ['Last seen', lastMs === null ? '' : <Time key="last" ms={lastMs} />],
          ['Handshakes', count === 0 ? '' : count.toLocaleString('en')],
        ]}
      />
      <p className="row">
        <Link to={`/simulator?destination=${encodeURIComponent(backend)}`}>Explain</Link>
        <Link to={`/connections?filter=${encodeURIComponent(filterFor(backend))}`}>Connections</Link>
      </p>
    </>
  )
}

function Sights({ known: { backend, sightings } }: { readonly known: BackendDetail }) {
  const [newest, ...older] = sightings
  if (newest === undefined) return <p className="quiet">No handshake has been made with it yet.</p>
  return (
    <>
      <h3>Findings</h3>
      <Findings findings={newest.findings} withFix />
      <h3>Chain, its own certificate first</h3>
      <Chain backend={backend} sight={newest} />
      {older.length > 0 && (
        <details>
          <summary>What it showed before</summary>
          <ul>
            {older.map((sight) => (
              <li key={`${sight.firstMs} ${sight.lastMs} ${sight.chain[0]?.sha256} ${sight.cipher}`}>
                <Before sight={sight} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

function Before({ sight: { outcome, findings, chain, protocol, firstMs, lastMs } }: { readonly sight: Sight }) {
  return (
    <>
      <Outcome outcome={outcome} /> <Time ms={firstMs} /> to <Time ms={lastMs} />, {protocol}{' '}
      {findings.map(({ name }) => name).join(', ')} {chain[0] && <span className="quiet">{chain[0].subject}</span>}
    </>
  )
}

function Exception({ known: { backend, findings, spkiSha256 } }: { readonly known: BackendDetail }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <p>
      <button type="button" onClick={() => setOpen(true)}>
        Create exception…
      </button>
      {isOpen && (
        <ExceptionForm backend={backend} found={findings} spkiSha256={spkiSha256} onClose={() => setOpen(false)} />
      )}
    </p>
  )
}

function filterFor(backend: string): string {
  const at = backend.lastIndexOf(':')
  const host = backend.slice(0, at).replace(/^\[|\]$/g, '')
  return `host:${host} port:${backend.slice(at + 1)}`
}

/** A handshake is written down within a second or two. */
const LOOK_AGAIN_MS = 3000
