import assert from 'node:assert/strict'
import { test } from 'node:test'
import { prefersHtml } from '../../src/proxy/prefers-html.ts'

const rows: [reason: string, accept: readonly string[], wants: boolean][] = [
  ['nothing is said', [], false],
  ['a browser', ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'], true],
  ['curl', ['*/*'], false],
  ['a program that reads JSON', ['application/json'], false],
  ['JSON first, a page if need be', ['application/json, text/html;q=0.5'], false],
  ['a page first', ['text/html, application/json;q=0.9'], true],
  ['both alike', ['text/html, application/problem+json'], false],
  ['no page at all', ['text/html;q=0'], false],
  ['in capitals, with a parameter', ['TEXT/HTML; level=1; q=0.7'], true],
  ['in two fields', ['application/json;q=0.1', 'text/html;q=0.2'], true],
  ['a weight that is none', ['text/html;q=2'], false],
  ['text in general', ['text/*'], false],
]
for (const [reason, accept, wants] of rows) {
  test(`a page is ${wants ? '' : 'not '}wanted: ${reason}`, () =>
    assert.equal(prefersHtml(accept.flatMap((value) => ['Accept', value])), wants))
}

test('another field that says text/html asks for nothing', () =>
  assert.equal(prefersHtml(['Content-Type', 'text/html', 'X-Accept', 'text/html']), false))
