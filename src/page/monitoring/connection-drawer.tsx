import { useState } from 'react'
import type { Connection } from '../../admin/contract.ts'
import { ExceptionForm } from '../backends/exception-form.tsx'
import { Reason } from '../parts/reason.tsx'
import { moment } from '../parts/time.tsx'
import { Link } from '../router/link.tsx'
import { useMay } from '../session/session-context.ts'
import { CopyButton } from '../show/copy-button.tsx'
import { describeBytes } from '../show/describe-amount.ts'
import { nameRule } from '../show/describe-rule.ts'
import { Drawer } from '../show/drawer.tsx'
import { Facts } from '../show/facts.tsx'
import { Findings } from '../show/findings.tsx'
import { Outcome } from '../show/outcome.tsx'
import { Phases } from './phases.tsx'

interface ConnectionDrawerProps {
  readonly connection: Connection
  readonly onClose: () => void
}

/** One connection looked at closely: what was decided by which rule, what was found, and where its time went. */
export function ConnectionDrawer({ connection, onClose }: ConnectionDrawerProps) {
  const { host, port, message, findings, ms } = connection
  const [isExcepting, setExcepting] = useState(false)
  const mayChange = useMay('operator')
  const backend = authorityOf(connection)
  return (
    <Drawer title={`${host}:${port}`} onClose={onClose}>
      <p className="sentence">{message}</p>
      <ConnectionFacts connection={connection} />
      <h3>Findings</h3>
      <Findings findings={findings} withFix />
      <h3>Where the time went</h3>
      <Phases ms={ms} />
      <p className="row">
        <Link to={`/simulator?destination=${encodeURIComponent(backend)}`}>Explain</Link>
        <Link to={`/backends?backend=${encodeURIComponent(backend)}`}>Backend</Link>
        <CopyButton text={curlFor(connection)} what="a curl command that asks the same" />
        {mayChange && findings.length > 0 && (
          <button type="button" onClick={() => setExcepting(true)}>
            Create exception…
          </button>
        )}
      </p>
      {isExcepting && (
        <ExceptionForm
          backend={backend}
          found={findings.map(({ name }) => name)}
          spkiSha256=""
          onClose={() => setExcepting(false)}
        />
      )}
    </Drawer>
  )
}

function ConnectionFacts({ connection }: { readonly connection: Connection }) {
  const { decision, verdict, wouldRefuse, because, rule, version, timeMs, caller, entrance, method } = connection
  return (
    <Facts
      facts={[
        ['Decision', <Outcome key="decision" outcome={decision} />],
        ['Verdict', verdict === '' ? '' : <Outcome key="verdict" outcome={verdict} />],
        ['Would be refused', wouldRefuse ? 'yes, if this were enforced' : ''],
        ['Because of', because.join(', ')],
        ['Rule', `${nameRule(rule)}, version ${version}`],
        ['Error', connection.error === '' ? '' : <Reason key="error" name={connection.error} />],
        ['Time', moment(timeMs)],
        ['Caller', caller],
        ['Entrance', `${entrance} ${method}`],
        ['Status', connection.status === 0 ? '' : `${connection.status}`],
        ['Address', connection.address],
        ['Name sent (SNI)', connection.sni],
        [
          'Agreed on',
          [connection.protocol, connection.cipher, connection.group].filter((each) => each !== '').join(', '),
        ],
        ['Handshake', connection.reused ? 'none: a pooled connection' : connection.resumed ? 'resumed' : ''],
        ['Bytes', `${describeBytes(connection.bytesIn)} in, ${describeBytes(connection.bytesOut)} out`],
        ['Request id', connection.id],
      ]}
    />
  )
}

function authorityOf({ host, port }: Connection): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Quoted for a shell: host names come from callers. */
function curlFor(connection: Connection): string {
  const url = `${connection.method === 'CONNECT' ? 'https' : 'http'}://${authorityOf(connection)}/`
  return `curl -x "$HTTPS_PROXY" '${url.replaceAll("'", "'\\''")}'`
}
