/**
 * Builds the page into dist/page with Vite, and the documents beside it, unless what stands there was made from these very
 * sources. Run by npm before a start and before the tests; the control process serves the folder and needs nothing of this.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { build } from 'vite'
import { nameOf } from './documents/address-of.ts'
import { renderDocument } from './documents/render-document.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))
const sources = path.join(top, 'src/page')
const target = path.join(top, 'dist/page')
const stamp = path.join(target, '.made-from')

const served = [...readdirSync(path.join(top, 'docs')).map((name) => `docs/${name}`), 'SECURITY.md']
  .filter((file) => file.endsWith('.md'))
  .sort()
const hash = hashOf(sources)
// Made beside and put in place as a whole: tests that run side by side, and a control process that serves, never see half.
const made = `${target}.${process.pid}`
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
  await build({
    configFile: false,
    root: sources,
    // Every address of the page is served by the same file, so what it loads is named from the top.
    base: '/',
    logLevel: 'warn',
    plugins: [react()],
    build: { outDir: made, emptyOutDir: true, target: 'es2024', assetsInlineLimit: 0 },
  })
  writeDocuments(path.join(made, 'docs'))
  writeFileSync(path.join(made, '.made-from'), hash)
  rmSync(target, { recursive: true, force: true })
  try {
    renameSync(made, target)
  } catch {
    // Somebody else has put theirs there in between, made from the same sources.
    rmSync(made, { recursive: true, force: true })
  }
}

function writeDocuments(folder: string): void {
  mkdirSync(folder)
  for (const file of served) {
    const text = readFileSync(path.join(top, file), 'utf8')
    writeFileSync(path.join(folder, `${nameOf(file)}.html`), renderDocument({ file, text, served }))
  }
  const styles = ['styles/tokens.css', 'documents/documents.css'].map((file) => readFileSync(path.join(sources, file)))
  writeFileSync(path.join(folder, 'documents.css'), Buffer.concat(styles))
}

/** One hash over every file of the page and of the documents, and over the versions of what they are made with. */
function hashOf(folder: string): string {
  const sum = createHash('sha256').update(readFileSync(path.join(top, 'package-lock.json')))
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name)).sort()
  for (const file of [...files, ...served.map((name) => path.join(top, name))]) {
    sum.update(path.relative(top, file)).update(readFileSync(file))
  }
  return sum.digest('hex')
}
