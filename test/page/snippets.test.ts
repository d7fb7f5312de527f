/** The lines that point programs at the proxy and watchers at the instance, as they are copied. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { type Snippet, snippetsFor, watchSnippetsFor } from '../../src/page/system/snippets.ts'

const named = (snippets: readonly Snippet[], name: string) => snippets.find((each) => each.name === name)?.text ?? ''

test('an address for every interface becomes one to connect to, and IPv6 stands in brackets', () => {
  assert.match(named(snippetsFor({ host: '0.0.0.0', port: 3128 }), 'curl'), /http:\/\/127\.0\.0\.1:3128/)
  assert.match(named(snippetsFor({ host: 'fd00::1', port: 3128 }), 'curl'), /http:\/\/\[fd00::1\]:3128/)
  assert.match(named(watchSnippetsFor({ host: '::', port: 9901 }), 'Prometheus'), /targets: \["127\.0\.0\.1:9901"\]/)
})

test('the PAC file sends everything here but this machine itself', () => {
  const pac = named(snippetsFor({ host: '127.0.0.1', port: 3128 }), 'PAC file')
  const ask = (url: string, host: string) =>
    runInNewContext(`${pac}; FindProxyForURL(${JSON.stringify(url)}, ${JSON.stringify(host)})`, {
      isPlainHostName: (name: string) => !name.includes('.'),
    })
  assert.equal(ask('https://mail.example/', 'mail.example'), 'PROXY 127.0.0.1:3128')
  assert.equal(ask('http://localhost/', 'localhost'), 'DIRECT')
  assert.equal(ask('http://127.0.0.1:9080/', '127.0.0.1'), 'DIRECT')
})
