/** A1: another site cannot ask in an operator's name, nor reach the address under a name of its own. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Arrival, createRequestGuard } from '../../src/admin/access/request-guard.ts'
import type { Settings } from '../../src/settings/settings.ts'

const loopback: Settings['admin'] = {
  listen: { host: '127.0.0.1', port: 9080 },
  identity: 'none',
  allow: ['any'],
  hosts: ['own'],
}
const arrival: Arrival = {
  method: 'POST',
  address: '127.0.0.1',
  host: '127.0.0.1:9080',
  origin: undefined,
  fetchSite: undefined,
  scheme: 'http',
}

describe('A1: what may be asked at all', () => {
  const rows: [why: string, change: Partial<Arrival>, code: string | undefined][] = [
    ['a program says nothing of itself', {}, undefined],
    ['the page asks its own server', { fetchSite: 'same-origin', origin: 'http://127.0.0.1:9080' }, undefined],
    ['somebody typed the address', { method: 'GET', fetchSite: 'none' }, undefined],
    ['localhost is this machine', { host: 'localhost:9080' }, undefined],
    ['names have no case', { host: 'LocalHost:9080' }, undefined],
    ['the port may have been forwarded', { host: 'localhost:1234' }, undefined],
    ['IPv6 loopback is this machine', { host: '[::1]:9080' }, undefined],
    ['a link from elsewhere may lead here to look', { method: 'GET', fetchSite: 'cross-site' }, undefined],
    ['another site', { fetchSite: 'cross-site', origin: 'https://evil.example' }, 'OPERATOR_CROSS_SITE'],
    ['another port is another site of the same machine', { fetchSite: 'same-site' }, 'OPERATOR_CROSS_SITE'],
    ['an old browser names its origin', { origin: 'https://evil.example' }, 'OPERATOR_CROSS_SITE'],
    ['an old browser hides its origin', { origin: 'null' }, 'OPERATOR_CROSS_SITE'],
    ['the same name over another scheme', { origin: 'https://127.0.0.1:9080' }, 'OPERATOR_CROSS_SITE'],
    ['an old browser at its own server', { origin: 'http://127.0.0.1:9080' }, undefined],
    ['DNS rebinding, to change', { host: 'evil.example:9080' }, 'OPERATOR_CROSS_SITE'],
    ['DNS rebinding, to look', { method: 'GET', host: 'evil.example:9080' }, 'OPERATOR_CROSS_SITE'],
    ['no Host at all', { host: undefined }, 'OPERATOR_CROSS_SITE'],
    ['a Host that only begins well', { host: '127.0.0.1.evil.example' }, 'OPERATOR_CROSS_SITE'],
    ['a Host with a user part', { host: 'localhost@evil.example' }, 'OPERATOR_CROSS_SITE'],
    ['a trailing dot is another name', { host: 'localhost.:9080' }, 'OPERATOR_CROSS_SITE'],
  ]
  const refusal = createRequestGuard(loopback)
  for (const [why, change, code] of rows) {
    it(`${code === undefined ? 'yes' : 'no'}: ${why}`, () =>
      assert.equal(refusal({ ...arrival, ...change })?.code, code))
  }
})

describe('A1: names and addresses that an operator gives', () => {
  const wide: Settings['admin'] = {
    listen: { host: '0.0.0.0', port: 9080 },
    identity: 'manager',
    allow: ['10.0.0.0/8', '2001:db8::/32'],
    hosts: ['vedette.corp.example'],
  }
  const refusal = createRequestGuard(wide)
  const host = 'vedette.corp.example'
  const rows: [why: string, change: Partial<Arrival>, code: string | undefined][] = [
    ['from the range, by the name', { address: '10.1.2.3', host }, undefined],
    ['IPv4 in the clothes of IPv6', { address: '::ffff:10.1.2.3', host }, undefined],
    ['IPv6 of the range', { address: '2001:db8::7', host }, undefined],
    ['from elsewhere', { address: '192.0.2.1', host }, 'OPERATOR_NOT_PERMITTED'],
    ['from elsewhere in the clothes of IPv6', { address: '::ffff:192.0.2.1', host }, 'OPERATOR_NOT_PERMITTED'],
    ['from this machine, which the list does not have', { address: '127.0.0.1', host }, 'OPERATOR_NOT_PERMITTED'],
    ['from nowhere', { address: '', host }, 'OPERATOR_NOT_PERMITTED'],
    [
      'localhost is not ours when we listen for others',
      { address: '10.1.2.3', host: 'localhost' },
      'OPERATOR_CROSS_SITE',
    ],
  ]
  for (const [why, change, code] of rows) {
    it(`${code === undefined ? 'yes' : 'no'}: ${why}`, () =>
      assert.equal(refusal({ ...arrival, ...change })?.code, code))
  }
})
