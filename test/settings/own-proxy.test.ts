/** The proxy for our own fetches: which variable counts, and what goes past it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isExcepted, type OwnProxy, ownProxyOf } from '../../src/settings/own-proxy.ts'

const taken: [reason: string, environment: Record<string, string>, authority: string | undefined][] = [
  ['its own variable', { http_proxy: 'http://p.test:3128' }, 'p.test:3128'],
  ['upper case', { HTTP_PROXY: 'http://p.test:3128/' }, 'p.test:3128'],
  ['the one for https where it is alone', { HTTPS_PROXY: 'http://p.test:3128' }, 'p.test:3128'],
  ['its own before the one for https', { HTTPS_PROXY: 'http://s.test:1', http_proxy: 'http://p.test:2' }, 'p.test:2'],
  ['no scheme, no port', { http_proxy: 'p.test' }, 'p.test:80'],
  ['a password, which is left out', { http_proxy: 'http://me:hunter2@p.test:3128' }, 'p.test:3128'],
  ['nothing', {}, undefined],
  ['an empty one', { http_proxy: '' }, undefined],
  ['another kind of proxy', { http_proxy: 'socks5://p.test:1080' }, undefined],
  ['no host name', { http_proxy: 'http://p_ /:x' }, undefined],
]
for (const [reason, environment, authority] of taken) {
  test(`the environment is read: ${reason}`, () => {
    const proxy = ownProxyOf(environment)
    assert.equal(proxy?.via.to.authority, authority)
    assert.doesNotMatch(JSON.stringify(proxy ?? {}), /hunter2/)
  })
}

const except = (list: string) => ownProxyOf({ http_proxy: 'http://p.test:1', NO_PROXY: list }) as OwnProxy
const hosts: [list: string, host: string, is: boolean][] = [
  ['crl.test', 'crl.test', true],
  ['crl.test', 'a.crl.test', true],
  ['.crl.test', 'a.crl.test', true],
  ['crl.test', 'notcrl.test', false],
  ['a, CRL.test', 'crl.test', true],
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['*', 'anything.test', true],
  ['', 'anything.test', false],
]
for (const [list, host, is] of hosts) {
  test(`NO_PROXY=${list}: ${host} goes ${is ? 'past' : 'through'} the proxy`, () => {
    assert.equal(isExcepted(except(list), host), is)
  })
}
