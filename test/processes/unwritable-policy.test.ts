/**
 * A policy file that cannot be written: said at the start, to whoever looks, and before a change has dialled anybody. A link that
 * leads to itself stands in for a read-only mount, which not every machine that tests may make.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { runCli } from '../cli/run-cli.ts'
import { startInstance } from '../kit/start-instance.ts'
import { policyFor } from './policies.ts'

const failing = '  tests: [{ destination: "one.localhost:1", expect: trusted }]\n'

test('is said at once, and found out before the tests of a version', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-unwritable-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const instance = startInstance(t, { folder, policy: policyFor(['one.localhost']) })
  await instance.up
  assert.equal((await instance.status()).policy.writeFault, '')
  const tested = policyFor(['two.localhost'], { more: failing })
  await assert.rejects(instance.apply(tested), { code: 'OPERATOR_POLICY_TEST_FAILED' })

  rmSync(instance.policyFile)
  symlinkSync(instance.policyFile, instance.policyFile)
  await assert.rejects(instance.apply(tested), {
    code: 'OPERATOR_FILE_UNWRITABLE',
    message: /cannot be written \(ELOOP\): .*change that file where it comes from/,
  })
  assert.equal((await instance.status()).policy.writeFault, 'ELOOP')
  assert.ok(!instance.lines.some(({ event }) => event === 'policy.unwritable'))

  const { stdout } = await runCli(['doctor', '--config', instance.settingsFile])
  assert.match(stdout, /^‼ policy file .*cannot be written \(ELOOP\)/m)
  assert.match(
    (await runCli(['status', '--config', instance.settingsFile])).stdout,
    /^file .*cannot be written \(ELOOP\)/m,
  )

  // What is told when something comes into force is told at a start too.
  await instance.ask('reload', { author: 'test', afresh: true }).catch(() => {})
  const { reason, level } = await instance.logged('policy.unwritable')
  assert.deepEqual([reason, level], ['ELOOP', 'warn'])
})
