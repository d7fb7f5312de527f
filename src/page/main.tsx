/** Where the page begins: one root, everything else by import. */
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './page.css'

const place = document.getElementById('page')
if (place !== null) createRoot(place).render(<App />)
