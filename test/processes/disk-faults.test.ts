/**
 * Goal: whatever the disk refuses while a policy text is written, the file holds the old text or the new one, whole, and
 * the next attempt works. Method: each call that the writing makes fails once, with the disk full or read-only.
 */
import assert from 'node:assert/strict'
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { SidecarError } from '../../src/errors.ts'
import { stageText } from '../../src/processes/control/versions/policy-file.ts'

const calls = ['open', 'rename', 'rm', 'link', 'copyFile', 'stat', 'realpath'] as const
const ofHandle = ['writeFile', 'sync', 'chmod', 'chown', 'stat'] as const
type Call = (...args: unknown[]) => Promise<unknown>

/** Makes the call with this number fail; gives how many there were, and the name of the one that failed. */
async function withFault(t: TestContext, at: number, code: string, work: () => Promise<unknown>) {
  const seen: string[] = []
  const handle = await fs.open(tmpdir(), 'r')
  const prototype = Object.getPrototypeOf(handle)
  await handle.close()
  const spoil = (target: object, name: string) => {
    const real = Reflect.get(target, name) as Call
    t.mock.method(target as Record<string, Call>, name, function (this: unknown, ...args: unknown[]) {
      seen.push(name)
      return seen.length - 1 === at ? Promise.reject(Object.assign(new Error(code), { code })) : real.apply(this, args)
    })
  }
  for (const name of calls) spoil(fs, name)
  for (const name of ofHandle) spoil(prototype, name)
  syncBuiltinESMExports()
  try {
    await work()
  } finally {
    t.mock.restoreAll()
    syncBuiltinESMExports()
  }
  return { count: seen.length, failed: seen[at] }
}

for (const code of ['ENOSPC', 'EROFS']) {
  test(`a text is written whole or not at all, whatever call fails with ${code}`, async (t) => {
    const { file, folder } = await folderWith(t, 'old')
    const { count } = await withFault(t, -1, code, () => write(file, 'old'))
    const harmless = new Set<string | undefined>()
    for (let at = 0; at < count; at += 1) {
      let error: unknown
      const { failed } = await withFault(t, at, code, () => write(file, 'new').catch((thrown) => (error = thrown)))
      assert.equal(await fs.readFile(file, 'utf8'), error === undefined ? 'new' : 'old', failed ?? '')
      if (error === undefined) harmless.add(failed)
      else assert.ok(error instanceof SidecarError && error.code === 'OPERATOR_FILE_UNWRITABLE', `${failed}: ${error}`)
      await write(file, 'old')
      assert.deepEqual(await fs.readdir(folder), ['default.yaml'])
    }
    // A link that the file system does not know becomes a copy, and the way back may stay when it is not needed.
    assert.deepEqual([...harmless], ['link', 'rm'])
  })

  test(`what was written is taken back, whatever call of that fails with ${code}`, async (t) => {
    const { file, folder } = await folderWith(t, 'old')
    for (let at = 0; at < 2; at += 1) {
      const staged = await stageText(file, 'new')
      await staged.commit()
      const { failed } = await withFault(t, at, code, () => staged.undo().catch(() => {}))
      // Only the very step that gives the old text its name back may fail to; the old text is beside it then.
      const kept = failed === 'rename' ? '.default.yaml.previous' : 'default.yaml'
      assert.equal(await fs.readFile(path.join(folder, kept), 'utf8'), 'old', failed ?? '')
      await fs.writeFile(file, 'old')
    }
  })
}

async function folderWith(t: TestContext, text: string) {
  const folder = await fs.mkdtemp(path.join(tmpdir(), 'vedette-disk-'))
  t.after(() => fs.rm(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'default.yaml')
  await fs.writeFile(file, text)
  return { folder, file }
}

/** Writes as a change does that is recorded and swapped in without trouble. */
async function write(file: string, text: string): Promise<void> {
  const staged = await stageText(file, text)
  try {
    await staged.commit()
  } catch (error) {
    await staged.undo()
    throw error
  }
  await staged.settle()
}
