import { Tick } from '../draft/tick.tsx'

/** Whether backends hear by which name they are asked for. */
export function SniSection({ sni }: { readonly sni: boolean }) {
  return (
    <section className="card" aria-labelledby="sni">
      <h2 id="sni">Server Name Indication</h2>
      <Tick
        label="Enable SNI"
        says="Sends the name of the backend in the handshake, which load balancers and shared addresses need. A rule may say otherwise for a backend that dislikes it."
        value={sni}
        path={['spec', 'sni']}
      />
    </section>
  )
}
