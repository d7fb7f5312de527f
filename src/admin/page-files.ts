/** The page: files that were built beforehand, served from one folder; without them a text that says so. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import express, { type Request, type RequestHandler, type Response } from 'express'
import { buildCommand, isPageBuilt } from './built-page.ts'
import { apiBase } from './route-table.ts'

/** Where the built page lies. */
export interface PageFiles {
  readonly folder: string
}

/** Serves the files, the documents by their names, and the page itself for every address within it. */
export function servePage({ folder }: PageFiles): RequestHandler {
  const router = express.Router()
  // By its name within the folder: by its whole path express minds every dot-folder above it.
  const sendFile = (response: Response, name: string) => response.sendFile(name, { root: folder })
  router.get(documentAddress, (request, response) => {
    const document = path.join('docs', `${request.params[0] || 'README'}.html`)
    if (!existsSync(path.join(folder, document))) return nothingHere(request, response)
    response.setHeader('Cache-Control', 'no-cache')
    sendFile(response, document)
  })
  router.use(
    express.static(folder, { index: false, redirect: false, dotfiles: 'ignore', fallthrough: true, setHeaders }),
    (request, response, next) => {
      if ((request.method !== 'GET' && request.method !== 'HEAD') || !ownAddress.test(request.path)) return next()
      response.setHeader('Cache-Control', 'no-cache')
      if (isPageBuilt(folder)) sendFile(response, 'index.html')
      else response.type('text/plain').send(withoutPage)
    },
    nothingHere,
  )
  return router
}

function nothingHere(_request: Request, response: Response): void {
  response.status(404).type('text/plain').send('there is nothing here\n')
}

/** The documents, each by its name; without one, their contents. */
const documentAddress = /^\/docs(?:\/([\w-]*))?$/

/** The page has plain addresses of its own; a missing file, and whatever looks like the API, is none of them. */
const ownAddress = /^(?!\/+api(?:\/|$))[\w/-]*$/i

function setHeaders(response: { setHeader(name: string, value: string): unknown }, file: string): void {
  // The build names these files after their content.
  const isNamedByContent = file.includes(`${path.sep}assets${path.sep}`)
  // A browser looks for the icon again whenever the address changes, which is at every filter.
  const others = file.endsWith(`${path.sep}icon.svg`) ? 'public, max-age=86400' : 'no-cache'
  response.setHeader('Cache-Control', isNamedByContent ? 'public, max-age=31536000, immutable' : others)
}

const withoutPage = `This is the System Manager of Vedette. Its page is not part of this installation. This makes it, on the machine
of the instance:

    ${buildCommand}

The API is there: ${apiBase}/openapi.json describes it, ${apiBase}/health answers without signing in.
`
