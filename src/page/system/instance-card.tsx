import type { Status } from '../../admin/contract.ts'
import { Time } from '../parts/time.tsx'
import { DataTable } from '../show/data-table.tsx'
import { Facts } from '../show/facts.tsx'

/** What runs, and where it listens. */
export function InstanceCard({ status }: { readonly status: Status }) {
  const { product, startedMs, state, listen, generations, alarms, restartNeeded } = status
  const listeners = [
    ...listen.proxy.map((address) => ({ name: 'Proxy', ...address })),
    ...listen.services.map(({ entrance, ...address }) => ({ name: `Service ${entrance}`, ...address })),
    { name: 'Health and metrics', ...listen.health },
    { name: 'System Manager and API', ...listen.admin },
  ]
  return (
    <section className="card" aria-label="Instance">
      <h2>Instance</h2>
      {[...alarms, ...restartNeeded.map((name) => `${name} was changed and waits for a restart`)].map((text) => (
        <p key={text} className="bad">
          {text}
        </p>
      ))}
      <Facts
        facts={[
          ['State', state],
          ['Started', <Time key="started" ms={startedMs} />],
          ['Vedette', product.version],
          ['Node', product.node],
          ['OpenSSL', product.openssl],
        ]}
      />
      <DataTable
        caption="Listeners"
        rows={listeners}
        keyOf={({ name, host, port }) => `${name} ${host} ${port}`}
        columns={[
          { title: 'What', isHead: true, cell: ({ name }) => name },
          {
            title: 'Address',
            cell: ({ host, port }) => <code>{`${host.includes(':') ? `[${host}]` : host}:${port}`}</code>,
          },
        ]}
      />
      <DataTable
        caption="Generations"
        rows={generations}
        keyOf={({ number }) => `${number}`}
        columns={[
          { title: 'Generation', isHead: true, cell: ({ number }) => number },
          { title: 'Version', cell: ({ version }) => `v${version}` },
          { title: 'State', cell: (each) => each.state },
          { title: 'Workers', isNumber: true, cell: ({ workers }) => workers.length },
          { title: 'Requests', isNumber: true, cell: ({ workers }) => sum(workers, 'requests') },
          { title: 'Tunnels', isNumber: true, cell: ({ workers }) => sum(workers, 'tunnels') },
        ]}
      />
    </section>
  )
}

function sum(workers: Status['generations'][number]['workers'], what: 'requests' | 'tunnels'): number {
  return workers.reduce((total, { load }) => total + load[what], 0)
}
