import { useQuery } from '@tanstack/react-query'
import { backendLook } from '../api/looks.ts'
import { Chain } from '../backends/chain.tsx'
import { Answered } from '../parts/answered.tsx'
import { Drawer } from '../show/drawer.tsx'

/** Chooses which certificate of the chain that a backend showed is to be trusted. */
export function TrustShown({ backend, onClose }: { readonly backend: string; readonly onClose: () => void }) {
  const detail = useQuery(backendLook(backend))
  return (
    <Drawer title={`What ${backend} showed`} onClose={onClose}>
      <p>
        Trusting the authority at the end of the chain trusts all it issues; trusting the first certificate trusts this
        one alone.
      </p>
      <Answered query={detail}>
        {({ sightings: [newest] }) =>
          newest === undefined ? <p>It has shown nothing yet.</p> : <Chain backend={backend} sight={newest} isOpen />
        }
      </Answered>
    </Drawer>
  )
}
