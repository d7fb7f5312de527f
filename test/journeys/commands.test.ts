import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { policyText, startSidecar } from '../kit/start-sidecar.ts'

describe('the commands on a running instance', () => {
  it('apply, confirm, roll back, compare and list versions, and the policy file follows', async (t) => {
    const sidecar = await startSidecar(t)
    const next = policyText('sni: false')
    writeFileSync(path.join(sidecar.folder, 'next.yaml'), next)

    const applied = await sidecar.vedette(['apply', 'next.yaml', '--comment', 'no names', '--confirm-within', '5m'])
    assert.equal(applied.code, 0, applied.stderr)
    assert.match(applied.stdout, /^version 2 is in force \(generation 2, /)
    assert.match(applied.stdout, /version 1 comes back at .* unless you run: vedette confirm/)
    assert.match(applied.stderr, /✓ validated .*\n(.*\n)*✓ swapped/)
    assert.equal(readFileSync(sidecar.policyFile, 'utf8'), next)

    const confirmed = await sidecar.vedette(['confirm'])
    assert.equal(confirmed.stdout, 'version 2 stays in force\n')
    assert.equal((await sidecar.vedette(['confirm'])).code, 1)

    const diff = await sidecar.vedette(['diff', '1', '2'])
    assert.equal(diff.code, 1)
    assert.match(diff.stdout, /^\+ {2}sni: false$/m)
    assert.equal((await sidecar.vedette(['diff', '2', 'next.yaml'])).code, 0)

    const back = await sidecar.vedette(['rollback', '--json'])
    assert.equal((JSON.parse(back.stdout) as { version: number }).version, 3)
    const versions = await sidecar.vedette(['versions'])
    assert.match(versions.stdout, /^\* {4}3 .* rollback by .*\n {5}2 .* cli by .* "no names"\n {5}1 /)
  })

  it('backs up what it was told, and brings it back: shown first, whole or not at all', async (t) => {
    const sidecar = await startSidecar(t)
    const backup = await sidecar.vedette(['backup'])
    assert.equal(backup.code, 0, backup.stderr)
    assert.equal((JSON.parse(backup.stdout) as { kind: string }).kind, 'Backup')
    writeFileSync(path.join(sidecar.folder, 'backup.json'), backup.stdout)
    writeFileSync(path.join(sidecar.folder, 'next.yaml'), policyText('sni: false'))
    assert.equal((await sidecar.vedette(['apply', 'next.yaml'])).code, 0)

    const shown = await sidecar.vedette(['restore', 'backup.json', '--dry-run'])
    assert.equal(shown.code, 0, shown.stderr)
    assert.match(shown.stderr, /policy: sni: off → on\.\n(.*\n)*nothing was changed\n$/)
    assert.equal(readFileSync(sidecar.policyFile, 'utf8'), policyText('sni: false'))

    const restored = await sidecar.vedette(['restore', 'backup.json'])
    assert.equal(restored.code, 0, restored.stderr)
    assert.match(restored.stdout, /^version 3 is in force/)
    assert.notEqual(readFileSync(sidecar.policyFile, 'utf8'), policyText('sni: false'))
  })

  it('status shows what runs; a refused policy shows every problem, changes nothing and exits 3', async (t) => {
    const sidecar = await startSidecar(t)
    writeFileSync(path.join(sidecar.folder, 'bad.yaml'), policyText('snii: true\nsni: maybe not'))
    const refused = await sidecar.vedette(['apply', 'bad.yaml'])
    assert.equal(refused.code, 3)
    assert.match(refused.stderr, /bad\.yaml:6:3 spec\.snii: /)
    assert.match(refused.stderr, /bad\.yaml:7:8 spec\.sni: /)

    const { code, stdout } = await sidecar.vedette(['status'])
    assert.equal(code, 0)
    assert.match(stdout, /^policy {3}v1 "test" from /m)
    assert.match(stdout, new RegExp(`^proxy {4}127\\.0\\.0\\.1:${sidecar.proxyPort}$`, 'm'))
    assert.match(stdout, /^rejected the change of \S+ \(\S+\): /m)
  })

  it('a second writer who started from an older version is told so and exits 1', async (t) => {
    const sidecar = await startSidecar(t)
    writeFileSync(path.join(sidecar.folder, 'next.yaml'), policyText('sni: false'))
    assert.equal((await sidecar.vedette(['apply', 'next.yaml', '--if-version', '1'])).code, 0)
    const late = await sidecar.vedette(['apply', sidecar.policyFile, '--if-version', '1'])
    assert.equal(late.code, 1)
    assert.match(late.stderr, /OPERATOR_EDIT_CONFLICT/)
  })

  it('healthcheck and reload find the instance', async (t) => {
    const sidecar = await startSidecar(t)
    assert.equal((await sidecar.vedette(['healthcheck', '--url', `${sidecar.healthUrl}/readyz`])).code, 0)
    assert.match((await sidecar.vedette(['reload'])).stdout, /version 1 was in force already/)
  })
})
