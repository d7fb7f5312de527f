/** Where the page begins: one root, everything else by import. */
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/query-client.ts'
import { App } from './app.tsx'
import { showTheme, storedTheme } from './frame/theme.ts'
import { Boundary } from './parts/boundary.tsx'
import { keepToOneUser } from './session/one-user-at-a-time.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/frame.css'
import './styles/parts.css'

showTheme(storedTheme())
keepToOneUser()
const place = document.getElementById('page')
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Boundary within={(message) => <main className="door">{message}</main>}>
          <App />
        </Boundary>
      </QueryClientProvider>
    </StrictMode>,
  )
}
