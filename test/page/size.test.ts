/**
 * Goal: the page is there at once. Method: the built page; what index.html names, and what those files import without
 * being asked, is what a browser fetches before anything is shown.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const top = fileURLToPath(new URL('../../', import.meta.url))
const folder = path.join(top, 'dist/page')
execFileSync(process.execPath, [path.join(top, 'src/page/build.ts')])
const read = (file: string) => readFileSync(path.join(folder, file))

/** Everything that is loaded with a file: itself, and what it imports at its head. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const text = file.endsWith('.js') ? read(file).toString() : ''
  for (const [, name] of text.matchAll(/(?:^|[;}])import(?:[^'"();]*from)?["']\.\/([^"']+)["']/g)) {
    loadedWith(path.join('assets', name as string), seen)
  }
  return seen
}

describe('the built page', () => {
  const page = read('index.html').toString()
  const named = [...page.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, file]) => file as string)
  const first = new Set(named.flatMap((file) => [...loadedWith(file)]))
  const size = (files: Iterable<string>) => [...files].reduce((sum, file) => sum + gzipSync(read(file)).length, 0)

  it('loads at most 200 kB, gzip, before it shows something', () => {
    assert.ok(first.size > 2, 'the files were found')
    assert.ok(size(first) <= 200_000, `${[...first].join(', ')}: ${size(first)} bytes`)
  })

  it('loads screens, dialogs and charts when they are asked for', () => {
    const later = readdirSync(path.join(folder, 'assets')).filter((file) => !first.has(`assets/${file}`))
    for (const part of ['outgoing-tls-screen', 'review-dialog', 'set-up', 'plot']) {
      assert.ok(
        later.some((file) => file.startsWith(part)),
        `${part} is a part of its own`,
      )
    }
  })

  it('says nothing inline and loads nothing from elsewhere, as the security policy has it', () => {
    assert.doesNotMatch(page, /<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/)
    assert.doesNotMatch(page, /(?:src|href)="(?:https?:)?\/\//)
  })
})
