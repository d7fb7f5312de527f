/** An exception from its first use to its end, as the operator of a running instance meets it. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import type { ListedException } from '../../src/processes/control/watch/exception-list.ts'
import { requestThrough } from '../kit/keep-alive-load.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { startBackend } from '../kit/start-backend.ts'
import { policyText, startSidecar } from '../kit/start-sidecar.ts'

const ended = { notBefore: new Date(Date.now() - 9e8), notAfter: new Date(Date.now() - 1e8) }
const corp = await makeTrust(['old.localhost'], { leaf: ended })
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

test('exceptions are counted when used, listed, and warned of before and after their end', async (t) => {
  const old = await startBackend(t, { certificate: corp.leaf })
  const backend = `old.localhost:${old.port}`
  const record = (port: number, until: string) =>
    `  - { backend: "old.localhost:${port}", findings: [expired], until: ${until}, owner: mail team, reason: renewal }`
  const spec = (...until: readonly [string, string]) =>
    [
      'strictTls: { defaultTrustStore: none, customTrustStores: [corp] }',
      'exceptions:',
      record(old.port, until[0]),
      record(1, until[1]),
    ].join('\n')
  const sidecar = await startSidecar(t, { spec: spec(inDays(60), inDays(60)), trust: { corp: corp.ca.certificate } })
  const listed = async () =>
    JSON.parse((await sidecar.vedette(['exceptions', '--json'])).stdout) as readonly ListedException[]

  assert.equal((await requestThrough(sidecar.proxyPort, `https://${backend}/`)).status, 200)
  let [used, unused] = await listed()
  while (used?.uses !== 1) [used, unused] = (await listed()).toSorted((a, b) => (b.uses ?? 0) - (a.uses ?? 0))

  await t.test('the one that was needed has a use and a time, the other one has none', () => {
    assert.deepEqual([used?.backend, used?.state, typeof used?.lastUsedMs], [backend, 'holds', 'number'])
    assert.deepEqual([unused?.backend, unused?.uses, unused?.lastUsedMs], ['old.localhost:1', 0, null])
  })

  await t.test('a request on a pooled connection is no further use', async () => {
    const before = old.handshakes.length
    assert.equal((await requestThrough(sidecar.proxyPort, `https://${backend}/`)).status, 200)
    const uses = old.handshakes.length - before + 1
    const metrics = async () => await (await fetch(`${sidecar.healthUrl}/metrics`)).text()
    const expected = `vedette_exception_uses_total{exception="${used?.id}"} ${uses}\n`
    while (!(await metrics()).includes(expected));
  })

  await t.test('apply, check and status warn of one that ends soon and of one that is over', async () => {
    const [soon, over] = [inDays(2), inDays(-2)]
    const file = path.join(sidecar.folder, 'next.yaml')
    writeFileSync(file, policyText(spec(soon, over)))
    for (const command of [
      ['check', 'next.yaml'],
      ['apply', 'next.yaml'],
    ]) {
      const { code, stdout, stderr } = await sidecar.vedette(command)
      assert.equal(code, 0)
      const said = stdout + stderr
      assert.match(said, new RegExp(`exceptions\\[0\\]\\.until: warning: is near: .* ends with ${soon}, in 3 days`))
      assert.match(said, /exceptions\[1\]\.until: warning: is over/)
    }
    await sidecar.line(({ event, backend: whose }) => event === 'exception.ending' && whose === backend)
    await sidecar.line(({ event, backend: whose }) => event === 'exception.over' && whose === 'old.localhost:1')
    const { stdout } = await sidecar.vedette(['status'])
    assert.match(stdout, new RegExp(`exception of ${backend} for expired ends with ${soon}`))
    assert.match(stdout, new RegExp(`exception of old.localhost:1 for expired was over with ${over}`))
  })

  await t.test('a new end goes on counting', async () => {
    const uses = (await listed()).find((each) => each.backend === backend)?.uses ?? 0
    assert.ok(uses >= 1)
    assert.equal((await listed())[1]?.id, used?.id)
  })

  await t.test('over, it forgives nothing', async () => {
    writeFileSync(path.join(sidecar.folder, 'over.yaml'), policyText(spec(inDays(-2), inDays(-2))))
    const rehearsed = await sidecar.vedette(['rehearse', 'over.yaml'])
    assert.equal(rehearsed.code, 10)
    assert.match(rehearsed.stdout, new RegExp(`would break +${backend} +allowed +refused .*expired`))
    await sidecar.vedette(['apply', 'over.yaml'])
    assert.equal((await requestThrough(sidecar.proxyPort, `https://${backend}/`)).status, 502)
  })
})
