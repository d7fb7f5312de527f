/** Where the built page lies, and whether it does: an installation without the build has the API alone. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const installation = fileURLToPath(new URL('../../', import.meta.url))

/** The folder that the build writes to. */
export const builtPage = path.join(installation, 'dist', 'page')

/** The command that makes the page, to be copied as it stands; `npm ci` would take away what a running instance loads. */
export const buildCommand = `cd ${path.resolve(installation)} && npm install --include=dev && npm run build && npm prune --omit=dev`

/** Tells whether there is a page to serve; asked each time, because it may be built beside a running instance. */
export function isPageBuilt(folder: string = builtPage): boolean {
  return existsSync(path.join(folder, 'index.html'))
}
