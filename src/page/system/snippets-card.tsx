import type { Status } from '../../admin/contract.ts'
import { documentsAt } from '../documents/address-of.ts'
import { CopyButton } from '../show/copy-button.tsx'
import { type Snippet, snippetsFor, watchSnippetsFor } from './snippets.ts'

/** How programs are told to leave through this instance, and how it is watched. */
export function SnippetsCard({ status: { listen } }: { readonly status: Status }) {
  const proxy = listen.proxy[0]
  return (
    <>
      {proxy !== undefined && (
        <section className="card" aria-label="Point programs here">
          <h2>Point programs here</h2>
          <Snippets snippets={snippetsFor(proxy)} />
        </section>
      )}
      <section className="card" aria-label="Watch it">
        <h2>Watch it</h2>
        <Snippets snippets={watchSnippetsFor(listen.health)} />
        <p>
          A dashboard for Grafana and alert rules come with the product:{' '}
          <a href={`${documentsAt}/metrics#alerts-and-a-dashboard`} target="_blank" rel="noreferrer">
            what they show
          </a>
        </p>
      </section>
    </>
  )
}

function Snippets({ snippets }: { readonly snippets: readonly Snippet[] }) {
  return snippets.map(({ name, text }) => (
    <details key={name}>
      <summary>{name}</summary>
      <pre>{text}</pre>
      <CopyButton text={text} what={`the lines for ${name}`} />
    </details>
  ))
}
