/**
 * Goal: whoever follows a link to a reason arrives, and a document is nothing but text. Method: the documents as they were
 * built, each link held against what is there; and hostile Markdown.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { errorCodes } from '../../src/errors.ts'
import { reasonAddress } from '../../src/page/documents/address-of.ts'
import { renderDocument } from '../../src/page/documents/render-document.ts'
import { findingNames } from '../../src/policy/policy.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))
const folder = path.join(top, 'dist/page/docs')
execFileSync(process.execPath, [path.join(top, 'src/page/build.ts')])

/** By address: the anchors there are. */
const anchors = new Map<string, ReadonlySet<string>>()
const links: { readonly from: string; readonly to: string }[] = []
for (const file of readdirSync(folder).filter((name) => name.endsWith('.html'))) {
  const html = readFileSync(path.join(folder, file), 'utf8')
  const address = file === 'README.html' ? '/docs' : `/docs/${file.replace('.html', '')}`
  anchors.set(address, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id)))
  links.push(
    ...[...html.matchAll(/<a (?:class="skip" )?href="([^"]+)"/g)].map(([, to = '']) => ({ from: address, to })),
  )
}

/** Tells whether a link arrives at a document, and at the heading it names. */
function arrives({ from, to }: { readonly from: string; readonly to: string }): boolean {
  const [address = '', anchor] = to.split('#')
  const there = anchors.get(address === '' ? from : address)
  return there !== undefined && (anchor === undefined || there.has(anchor))
}

describe('the built documents', () => {
  it('explain every finding and every error code where the page links to', () => {
    for (const name of [...findingNames, ...Object.keys(errorCodes)]) {
      assert.ok(arrives({ from: '/', to: reasonAddress(name) }), reasonAddress(name))
    }
    assert.ok(!arrives({ from: '/', to: reasonAddress('none-such') }))
  })

  it('lead nowhere that is not there', () => {
    const away = links.filter(({ to }) => to !== '/' && !/^https:/.test(to))
    assert.ok(away.length > 100, 'the links were found')
    assert.deepEqual(
      away.filter((link) => !arrives(link)),
      [],
    )
  })

  it('are there wherever else the page leads to', () => {
    const page = path.join(top, 'src/page')
    const files = readdirSync(page, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'))
    const texts = files.map((file) => readFileSync(path.join(page, file), 'utf8'))
    const named = texts.flatMap((text) =>
      [...text.matchAll(/\$\{documentsAt\}(\/[\w#-]+)/g)].map(([, to]) => `/docs${to}`),
    )
    assert.ok(named.length > 0, 'the links were found')
    for (const to of named) assert.ok(arrives({ from: '/', to }), to)
  })

  it('have no script, no inline style and nothing from elsewhere', () => {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.html'))) {
      const html = readFileSync(path.join(folder, file), 'utf8')
      assert.doesNotMatch(html, /<script|<style|<img|<iframe|<[^>]+\s(?:style|on\w+)=/, file)
      assert.doesNotMatch(html, /(?:src|<link[^>]* href)="(?:https?:)?\/\//, file)
    }
  })
})

describe('a document is text', () => {
  const render = (text: string) => renderDocument({ file: 'docs/a.md', text, served: ['docs/a.md', 'docs/b.md'] })
  const cases: [what: string, markdown: string, expected: RegExp, never: RegExp][] = [
    ['a block of HTML', '<script>alert(1)</script>', /&lt;script&gt;/, /<script/],
    ['HTML in a line', 'a <img src=x onerror=alert(1)> b', /&lt;img/, /<img/],
    ['a link that runs', '[press](javascript:alert(1))', /press/, /javascript/],
    ['a link to a file that is not served', '[unit](../deploy/x.service)', /unit/, /deploy/],
    ['a bare address', 'http://elsewhere.example', /elsewhere/, /<a href="http/],
    ['a picture', '![alt](https://elsewhere.example/x.png)', /alt/, /<img|elsewhere/],
    ['a title', '# <b>&', /<title>&lt;b&gt;&amp; –/, /<b>/],
    ['a link to another document', '[b](b.md#what-it-is)', /<a href="\/docs\/b#what-it-is">b<\/a>/, /b\.md/],
    ['code', '    <b> & "c"', /&lt;b&gt; &amp; &quot;c&quot;/, /<b>/],
  ]
  for (const [what, markdown, expected, never] of cases) {
    it(what, () => {
      const html = render(markdown)
      assert.match(html, expected)
      assert.doesNotMatch(html, never)
    })
  }
})
