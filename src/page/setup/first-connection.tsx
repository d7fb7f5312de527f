import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Connection, ConnectionPage } from '../../admin/contract.ts'
import { ask } from '../api/ask.ts'
import { queries } from '../api/queries.ts'
import { useStream } from '../api/stream.ts'
import { Answered } from '../parts/answered.tsx'
import { toast } from '../parts/toasts.tsx'
import { Link } from '../router/link.tsx'
import { Outcome } from '../show/outcome.tsx'

/** The two lines that lead an application here, and the first connection that comes of them. */
export function FirstConnection() {
  const status = useQuery(queries.status)
  return (
    <>
      <p>Give an application these two variables. Nothing else of it changes.</p>
      <Answered query={status}>
        {({ listen: { proxy } }) => {
          const { host, port } = proxy[0] ?? { host: '127.0.0.1', port: 3128 }
          const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
          const lines = `export HTTP_PROXY=${url} http_proxy=${url}\nexport HTTPS_PROXY=${url} https_proxy=${url}`
          return (
            <div className="row">
              <pre className="lines">{lines}</pre>
              <button
                type="button"
                onClick={() => void navigator.clipboard.writeText(lines).then(() => toast('Copied'))}
              >
                Copy
              </button>
            </div>
          )
        }}
      </Answered>
      <Arrivals />
      <Link to="/" className="button">
        Open the System Manager
      </Link>
    </>
  )
}

/** The newest connection: what came of it, and for who has no application yet, where to get some. */
function Arrivals() {
  const [heard, hear] = useState<Connection>()
  useStream('connections', ({ items }) => hear((before) => items.at(-1) ?? before))
  const { data: earlier } = useQuery({
    queryKey: ['connections', 'newest'],
    queryFn: ({ signal }) => ask<ConnectionPage>('/connections', { signal, query: { limit: 1 } }),
  })
  const connection = heard ?? earlier?.items[0]
  if (connection !== undefined) return <Arrival connection={connection} />
  return (
    <>
      <p role="status" className="note">
        Waiting for the first connection…
      </p>
      <p>
        No application at hand? <code>npm start</code> in a checkout runs demo backends with every fault there is.
      </p>
    </>
  )
}

function Arrival({ connection: { host, port, decision, message } }: { readonly connection: Connection }) {
  const hasPassed = decision === 'allow' || decision === 'allow-untrusted'
  return (
    <p role="status" className={`note ${hasPassed ? 'note-good' : 'note-doubtful'}`}>
      <strong className={hasPassed ? 'good' : 'doubtful'}>Connections arrive.</strong> The newest one, to {host}:{port}:{' '}
      <Outcome outcome={decision} />
      {message !== '' && ` ${message}`}
      {!hasPassed && (
        <>
          {' '}
          <Link to="/failures">What to do</Link>
        </>
      )}
    </p>
  )
}
