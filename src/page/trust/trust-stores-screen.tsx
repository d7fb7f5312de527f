/** Trust stores: which there are, who trusts them, and what one of them holds. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queries } from '../api/queries.ts'
import { Answered } from '../parts/answered.tsx'
import { Screen } from '../parts/screen.tsx'
import { useQueryWord } from '../router/location.ts'
import { useMay } from '../session/session-context.ts'
import { Drawer } from '../show/drawer.tsx'
import { StoreCard } from './store-card.tsx'
import { StoreView } from './store-view.tsx'
import { UploadCertificates } from './upload-certificates.tsx'
import '../styles/looks.css'

export function TrustStoresScreen() {
  const stores = useQuery(queries.trustStores)
  const [chosen, choose] = useQueryWord('store')
  const [isUploading, setUploading] = useState(false)
  const mayChange = useMay('operator')
  const upload = mayChange && (
    <button type="button" onClick={() => setUploading(true)}>
      Upload certificates…
    </button>
  )
  return (
    <Screen title="Trust stores" actions={upload}>
      <Answered query={stores}>
        {({ items }) => (
          <>
            <ul className="cards bare-list">
              {items.map((store) => (
                <li key={store.name}>
                  <StoreCard store={store} isChosen={store.name === chosen} onChoose={() => choose(store.name)} />
                </li>
              ))}
            </ul>
            {chosen !== '' && <StoreView key={chosen} store={chosen} />}
            {isUploading && (
              <Drawer title="Upload certificates" onClose={() => setUploading(false)} isDialog>
                <UploadCertificates
                  store={items.find(({ builtIn }) => !builtIn)?.name ?? 'custom'}
                  added={(store) => {
                    setUploading(false)
                    choose(store)
                  }}
                />
              </Drawer>
            )}
          </>
        )}
      </Answered>
    </Screen>
  )
}
