/** One document for whoever is to help. */
export function DiagnosticsCard() {
  return (
    <section className="card" aria-label="Diagnostics">
      <h2>Diagnostics</h2>
      <p>
        Releases, status, health, settings, the newest events and all counters in one file. Passwords, tokens and keys
        are taken out; names of hosts and of those who changed something are in it, and addresses that events tell of.
      </p>
      <a href="/api/v1/diagnostics" download>
        Download diagnostics
      </a>
    </section>
  )
}
