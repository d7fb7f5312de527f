import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Command } from 'commander'
import { addSettingOptions, addUnsafeOptions, loadOptionsFrom, lookOptionsFrom } from '../../src/cli/setting-options.ts'
import { guardedEntrances } from '../../src/settings/listening.ts'
import { flagOf, settingPaths } from '../../src/settings/setting-table.ts'

function load(...argv: string[]) {
  const command = new Command('run').exitOverride()
  addSettingOptions(command)
  addUnsafeOptions(command)
  command.parse(argv, { from: 'user' })
  return loadOptionsFrom(command.opts())
}

describe('settings on the command line', () => {
  it('every setting has its flag, and its text arrives under its path', () => {
    const argv = settingPaths.flatMap((path) => [flagOf(path), `text of ${path}`])
    assert.deepEqual(load(...argv).flags, Object.fromEntries(settingPaths.map((path) => [path, `text of ${path}`])))
  })

  it('what is not given is not there, so that environment and file have their say', () => {
    const { flags, file, unsafe } = load()
    assert.deepEqual(flags, {})
    assert.equal(file, undefined)
    assert.deepEqual(unsafe, [])
  })

  it('every guarded entrance has its flag', () => {
    const argv = guardedEntrances.map((entrance) => `--unsafe-${entrance}-listen`)
    assert.deepEqual(load(...argv).unsafe, guardedEntrances)
  })

  it('a command that listens nowhere asks for none of them, whatever the addresses', () =>
    assert.deepEqual(lookOptionsFrom({ state: 'here' }).unsafe, guardedEntrances))

  it('-c names the settings file', () => assert.equal(load('-c', 'other.yaml').file, 'other.yaml'))
})
