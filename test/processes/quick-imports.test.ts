/**
 * Goal: our own sources find each other without a look at the disk, and nothing else is touched. Method: a hook that was there
 * before is asked last, so it notes what is still left to Node.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { resolveOwnSourcesQuickly } from '../../src/processes/quick-imports.ts'

const left: string[] = []
const before = registerHooks({
  resolve(specifier, context, next) {
    left.push(specifier)
    return next(specifier, context)
  },
})

test('what our sources import from each other is not left to Node, and what they import from elsewhere is', async (t) => {
  t.after(() => before.deregister())
  resolveOwnSourcesQuickly()
  const { loadSettings } = await import('../../src/settings/load-settings.ts')
  assert.equal(typeof loadSettings, 'function')
  // The test is no source of ours; below what it asks for, all are found, and Node's own modules are left alone.
  const own = left.filter((specifier) => /^\.\.?\/.*\.ts$/.test(specifier) && !specifier.startsWith('../../src/'))
  assert.deepEqual(own, [])
  assert.ok(left.includes('node:path') && left.includes('zod'), left.join())

  // Elsewhere Node follows links, as it always does.
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'vedette-imports-')))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(path.join(folder, 'real.ts'), 'export const where: string = import.meta.url\n')
  symlinkSync('real.ts', path.join(folder, 'link.ts'))
  writeFileSync(path.join(folder, 'entry.ts'), "export { where } from './link.ts'\n")
  const { where } = (await import(pathToFileURL(path.join(folder, 'entry.ts')).href)) as { where: string }
  assert.equal(where, pathToFileURL(path.join(folder, 'real.ts')).href)
})
