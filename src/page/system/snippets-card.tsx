import type { Status } from '../../admin/contract.ts'
import { CopyButton } from '../show/copy-button.tsx'
import { snippetsFor } from './snippets.ts'

/** How programs are told to leave through this instance. */
export function SnippetsCard({ status: { listen } }: { readonly status: Status }) {
  const proxy = listen.proxy[0]
  if (proxy === undefined) return null
  return (
    <section className="card" aria-label="Point programs here">
      <h2>Point programs here</h2>
      {snippetsFor(proxy).map(({ name, text }) => (
        <details key={name}>
          <summary>{name}</summary>
          <pre>{text}</pre>
          <CopyButton text={text} what={`the lines for ${name}`} />
        </details>
      ))}
    </section>
  )
}
