import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { isPageBuilt } from '../../src/admin/built-page.ts'
import { startInstance } from '../kit/start-instance.ts'
import { policyFor } from '../processes/policies.ts'
import { runCli } from './run-cli.ts'

interface Found {
  readonly name: string
  readonly state: string
  readonly finding: string
  readonly hint: string
}

async function doctor(config: string): Promise<{ status: number; found: Map<string, Found> }> {
  const { status, stdout } = await runCli(['doctor', '--config', config, '--json'])
  const all = JSON.parse(stdout) as Found[]
  return { status, found: new Map(all.map((one) => [one.name, one])) }
}

test('a running instance is well but for what nobody has done yet', async (t) => {
  const instance = startInstance(t, { policy: policyFor(['one.localhost']) })
  await instance.up
  const { status, found } = await doctor(instance.settingsFile)
  assert.equal(status, 0)
  const states = (names: string[]) => names.map((name) => found.get(name)?.state)
  assert.deepEqual(states(['settings', 'history', 'record', 'instance']), ['well', 'well', 'well', 'well'])
  assert.deepEqual(
    [found.get('admin')?.state, found.get('admin')?.hint],
    ['doubtful', 'vedette setup makes the one-time link'],
  )
})

test('a record that somebody changed is found, with the entry', async (t) => {
  const instance = startInstance(t, { policy: policyFor(['one.localhost']) })
  await instance.up
  await instance.apply(policyFor(['two.localhost']))
  const database = new DatabaseSync(path.join(instance.state, 'history.sqlite'))
  database.exec(`drop trigger audit_never_changes; update audit set actor = 'somebody else' where number = 1`)
  database.close()
  const { status, found } = await doctor(instance.settingsFile)
  assert.equal(status, 1)
  assert.deepEqual([found.get('record')?.state, found.get('record')?.finding], ['bad', 'the chain breaks at entry 1'])
})

test('what is not there or broken is told with what to do, and nothing is made', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-doctor-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const config = path.join(folder, 'vedette.yaml')
  writeFileSync(
    config,
    'apiVersion: vedette/v1\nkind: Settings\npolicy: policy.yaml\nadmin: { listen: 0.0.0.0:9080 }\n',
  )
  writeFileSync(path.join(folder, 'policy.yaml'), policyFor(['one.localhost']).replace('plaintext', 'plantext'))
  mkdirSync(path.join(folder, 'truststores', 'corp'), { recursive: true })
  writeFileSync(path.join(folder, 'truststores', 'corp', 'a.pem'), 'nonsense')
  const { status, found } = await doctor(config)
  assert.equal(status, 1)
  assert.deepEqual(
    [...found.values()].map(({ name, state }) => [name, state]),
    [
      ['settings', 'well'],
      ['policy', 'bad'],
      ['trust corp', 'bad'],
      ['history', 'doubtful'],
      ['page', isPageBuilt() ? 'well' : 'doubtful'],
      ['admin.hosts', 'doubtful'],
      ['instance', 'bad'],
    ],
  )
  for (const { state, hint, name } of found.values()) assert.ok(state === 'well' || hint !== '', name)
  const { stdout } = await runCli(['doctor', '--config', config])
  assert.match(stdout, /^✓ settings/m)
  assert.match(stdout, /^× policy .*plantext/m)
})

test('settings that broke while the instance runs do not hide the instance', async (t) => {
  const instance = startInstance(t, { policy: policyFor(['one.localhost']) })
  await instance.up
  appendFileSync(instance.settingsFile, '\nnonsense: true\n')
  const { status, found } = await doctor(instance.settingsFile)
  assert.equal(status, 1)
  assert.deepEqual(
    ['settings', 'state', 'history', 'record', 'instance'].map((name) => found.get(name)?.state),
    ['bad', 'doubtful', 'well', 'well', 'well'],
  )
  // Where no instance has been, there is nothing to look at.
  const elsewhere = path.join(path.dirname(instance.settingsFile), 'elsewhere')
  mkdirSync(elsewhere)
  writeFileSync(path.join(elsewhere, 'vedette.yaml'), 'nonsense: true\n')
  const alone = await doctor(path.join(elsewhere, 'vedette.yaml'))
  assert.deepEqual([...alone.found.keys()], ['settings'])
  const named = await runCli(['doctor', '--config', path.join(elsewhere, 'vedette.yaml'), '--state', instance.state])
  assert.match(named.stdout, /^✓ instance/m)
  assert.doesNotMatch(named.stdout, /all the same/, 'nothing was guessed')
  const unnamed = await runCli(['doctor', '--config', path.join(elsewhere, 'vedette.yaml'), '--state', ''])
  assert.doesNotMatch(unnamed.stdout, /instance/, 'an empty name is none')
})
