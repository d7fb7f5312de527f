import assert from 'node:assert/strict'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { SidecarError } from '../../../../src/errors.ts'
import { readPolicyFile, stageText } from '../../../../src/processes/control/versions/policy-file.ts'

async function folderWith(text: string | undefined): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vedette-policy-'))
  const file = path.join(folder, 'default.yaml')
  if (text !== undefined) await writeFile(file, text, { mode: 0o640 })
  return file
}

test('a staged text is not the policy file before the commit, and leaves nothing else after it', async () => {
  const file = await folderWith('old')
  const staged = await stageText(file, 'new')
  assert.equal(await readFile(file, 'utf8'), 'old')
  await staged.commit()
  assert.equal(await readFile(file, 'utf8'), 'new')
  await staged.settle()
  assert.deepEqual(await readdir(path.dirname(file)), ['default.yaml'])
  assert.equal((await stat(file)).mode & 0o777, 0o640)
})

for (const row of [
  { name: 'an undo before the commit leaves the old file', before: 'old', commit: false },
  { name: 'an undo after the commit brings the old file back', before: 'old', commit: true },
  { name: 'an undo after the commit removes a file that was not there', before: undefined, commit: true },
  { name: 'an undo before the commit makes no file', before: undefined, commit: false },
]) {
  test(row.name, async () => {
    const file = await folderWith(row.before)
    const staged = await stageText(file, 'new')
    if (row.commit) await staged.commit()
    await staged.undo()
    const left = await readdir(path.dirname(file))
    assert.deepEqual(left, row.before === undefined ? [] : ['default.yaml'])
    if (row.before !== undefined) assert.equal(await readFile(file, 'utf8'), row.before)
  })
}

test('the new text has owner, group and mode of the old one', { skip: process.getuid?.() !== 0 }, async () => {
  const file = await folderWith('old')
  await chmod(file, 0o660)
  await chown(file, 1234, 2345)
  const staged = await stageText(file, 'new')
  await staged.commit()
  await staged.settle()
  const { uid, gid, mode } = await stat(file)
  assert.deepEqual([uid, gid, mode & 0o777], [1234, 2345, 0o660])
})

test('a policy file that is a link stays one: its target is replaced', async () => {
  const file = await folderWith('old')
  const linked = path.join(path.dirname(file), 'linked.yaml')
  await symlink('default.yaml', linked)
  const staged = await stageText(linked, 'new')
  await staged.commit()
  await staged.settle()
  assert.equal(await readlink(linked), 'default.yaml')
  assert.equal(await readFile(file, 'utf8'), 'new')
})

test('a folder that takes no file is OPERATOR_FILE_UNWRITABLE and nothing has changed', async () => {
  const file = await folderWith('old')
  // A folder in the way of the candidate works for root as well, whom no file rights stop.
  await mkdir(path.join(path.dirname(file), '.default.yaml.candidate'))
  await chmod(path.dirname(file), 0o700)
  await assert.rejects(
    () => stageText(file, 'new'),
    (error) =>
      error instanceof SidecarError && error.code === 'OPERATOR_FILE_UNWRITABLE' && error.message.includes(file),
  )
  assert.equal(await readFile(file, 'utf8'), 'old')
})

test('a policy file that is not there is OPERATOR_FILE_UNREADABLE, naming it', async () => {
  const file = await folderWith(undefined)
  await assert.rejects(
    () => readPolicyFile(file),
    (error) =>
      error instanceof SidecarError && error.code === 'OPERATOR_FILE_UNREADABLE' && error.message.includes(file),
  )
})
