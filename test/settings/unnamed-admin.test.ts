import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeUnnamedAdmin } from '../../src/settings/unnamed-admin.ts'

describe('an admin address for everybody', () => {
  const said = (host: string, hosts: string[]) =>
    describeUnnamedAdmin({ listen: { host, port: 9080 }, identity: 'none', allow: ['any'], hosts })

  for (const host of ['0.0.0.0', '::', '0:0:0:0:0:0:0:0']) {
    it(`${host} needs a name`, () => {
      assert.match(said(host, ['own']), /^admin\.listen .*:9080 is every address of this machine/)
      assert.equal(said(host, ['own', 'manager.example']), '')
    })
  }

  for (const host of ['127.0.0.1', '10.0.0.10', '::1', 'fd00::1']) {
    it(`${host} is its own name`, () => assert.equal(said(host, ['own']), ''))
  }
})
