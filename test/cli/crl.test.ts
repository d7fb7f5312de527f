/** Goal: how `vedette crl` asks and tells. Method: a stand-in on the control socket; the real lists are met in test/processes. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Status } from '../../src/processes/control/status.ts'
import { runCli } from './run-cli.ts'
import { standIn } from './stand-in.ts'

const good: Status['revocationLists'][number] = {
  ...{ source: 'http://crl.test/a.crl', issuer: 'CN=Corp', state: 'good', entries: 3, detail: '' },
  ...{ thisUpdateMs: Date.UTC(2026, 10, 20), nextUpdateMs: Date.UTC(2026, 10, 27) },
}
const expired = { ...good, source: '/crls/old.crl', state: 'expired', detail: 'has expired on 2026-01-02' } as const
const broken: typeof good = {
  ...{ source: '/crls/broken.crl', issuer: '', state: 'bad', entries: 0, detail: 'is malformed' },
  ...{ thisUpdateMs: undefined, nextUpdateMs: undefined },
}

describe('crl', () => {
  it('lists every list with what is wrong with it, and exits 1 while one is not good', async (t) => {
    const { state, requests } = await standIn(t, { result: { lists: [good, expired, broken] } })
    const { status, stdout, stderr } = await runCli(['crl', 'list', '--state', state])
    assert.equal(status, 1)
    assert.deepEqual(requests, [{ act: 'revocation-lists', fetch: false }])
    const lines = stdout.trimEnd().split('\n')
    assert.deepEqual(
      lines.map((line) => line.split(/ {2,}/)),
      [
        ['state', 'issuer', 'from', 'next', 'revoked', 'source'],
        ['good', 'CN=Corp', '2026-11-20T00:00:00Z', '2026-11-27T00:00:00Z', '3', 'http://crl.test/a.crl'],
        ['expired', 'CN=Corp', '2026-11-20T00:00:00Z', '2026-11-27T00:00:00Z', '3', '/crls/old.crl'],
        ['bad', '?', '-', '-', '-', '/crls/broken.crl'],
      ],
    )
    assert.equal((await runCli(['crl', '--state', state])).stdout, stdout)
    assert.equal(stderr, '/crls/old.crl: has expired on 2026-01-02\n/crls/broken.crl: is malformed\n3 lists\n')
  })

  it('fetch has them fetched first, and exits 0 when all are good', async (t) => {
    const { state, requests } = await standIn(t, { result: { lists: [good] } })
    const { status, stdout } = await runCli(['crl', 'fetch', '--state', state, '--json'])
    assert.deepEqual([status, requests], [0, [{ act: 'revocation-lists', fetch: true }]])
    assert.deepEqual(JSON.parse(stdout), [good])
  })

  it('says that there is none, and that a good one could not be fetched again', async (t) => {
    const { state } = await standIn(t, { result: { lists: [] } })
    assert.deepEqual(await runCli(['crl', 'list', '--state', state]), { status: 0, stdout: '', stderr: '0 lists\n' })
    const stale = await standIn(t, { result: { lists: [{ ...good, detail: 'did not answer' }] } })
    assert.equal((await runCli(['crl', 'list', '--state', stale.state])).status, 1)
  })
})
