import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { FileWatcher, type WatchedGroup } from '../../../../src/processes/control/versions/watch-files.ts'

/** Watches one file and one folder; `next` resolves with the name of the next group that changed. */
async function watching(t: TestContext, options: { pollMs?: number; debounceMs?: number } = {}) {
  const root = await mkdtemp(path.join(tmpdir(), 'vedette-watch-'))
  const file = path.join(root, 'policies', 'default.yaml')
  const stores = path.join(root, 'truststores')
  await mkdir(path.join(stores, 'corp'), { recursive: true })
  await mkdir(path.dirname(file))
  await writeFile(file, 'one')
  const groups: WatchedGroup[] = [
    { name: 'policy', files: [file], folders: [] },
    { name: 'stores', files: [], folders: [stores] },
  ]
  let heard = Promise.withResolvers<string>()
  let calls = 0
  const watcher = new FileWatcher({
    groups: () => groups,
    changed: ({ name }) => {
      calls += 1
      heard.resolve(name)
    },
    debounceMs: 20,
    ...options,
  })
  t.after(() => watcher.close())
  await watcher.look()
  const next = async () => {
    const name = await heard.promise
    heard = Promise.withResolvers<string>()
    return name
  }
  return { root, file, stores, watcher, next, calls: () => calls }
}

test('a policy file that is written, replaced by a rename, or removed is noticed', async (t) => {
  const { file, next } = await watching(t)
  await writeFile(file, 'two')
  assert.equal(await next(), 'policy')
  await writeFile(`${file}.tmp`, 'three')
  await rename(`${file}.tmp`, file)
  assert.equal(await next(), 'policy')
  await rm(file)
  assert.equal(await next(), 'policy')
})

test('a busy log beside the policy file does not put off its change', async (t) => {
  const { root, file, next } = await watching(t, { debounceMs: 100 })
  const neighbour = path.join(root, 'policies', 'busy.log')
  const writing = setInterval(() => void writeFile(neighbour, String(performance.now())), 5)
  t.after(() => clearInterval(writing))
  await writeFile(file, 'two')
  assert.equal(await next(), 'policy')
})

test('a ConfigMap that is swapped again and again is noticed each time', async (t) => {
  const { root, file, next, watcher } = await watching(t)
  const folder = path.join(root, 'policies')
  const swapTo = async (name: string) => {
    await mkdir(path.join(folder, name))
    await writeFile(path.join(folder, name, 'default.yaml'), name)
    await symlink(name, path.join(folder, '..data_tmp'))
    await rename(path.join(folder, '..data_tmp'), path.join(folder, '..data'))
  }
  await swapTo('..2026_1')
  await rm(file)
  await symlink(path.join('..data', 'default.yaml'), file)
  assert.equal(await next(), 'policy')
  await watcher.look()
  for (const name of ['..2026_2', '..2026_3']) {
    await swapTo(name)
    assert.equal(await next(), 'policy')
  }
})

test('a certificate added to a store, and a store that is new, are noticed', async (t) => {
  const { stores, next } = await watching(t)
  await writeFile(path.join(stores, 'corp', 'root.pem'), 'pem')
  assert.equal(await next(), 'stores')
  await mkdir(path.join(stores, 'lab'))
  assert.equal(await next(), 'stores')
  await writeFile(path.join(stores, 'lab', 'root.pem'), 'pem')
  assert.equal(await next(), 'stores')
})

test('without any event the poll notices', async (t) => {
  const { root, stores, next } = await watching(t, { pollMs: 30 })
  // The folder that was watched is gone for good; what stands there now was never watched.
  await rename(stores, path.join(root, 'elsewhere'))
  await mkdir(path.join(stores, 'corp'), { recursive: true })
  assert.equal(await next(), 'stores')
})

test('a look that finds everything as it was says nothing', async (t) => {
  const { root, watcher, calls } = await watching(t)
  await writeFile(path.join(root, 'policies', 'unrelated.txt'), 'x')
  await watcher.look()
  await watcher.look()
  assert.equal(calls(), 0)
})
