/** Files of secrets: what is read from them, and that a message about a bad one holds no secret. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import type { SidecarError } from '../../../../src/errors.ts'
import { formatProblem, type Problem } from '../../../../src/policy/document/problem.ts'
import { readSecrets } from '../../../../src/processes/control/versions/secret-files.ts'

function fileWith(t: TestContext, text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vedette-secrets-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'users')
  writeFileSync(file, text)
  return file
}

const readUsers = (users: string) => readSecrets({ socks: { listen: [], users }, upstreamCredentials: 'none' })

test('users are read, their passwords only as hashes', async (t) => {
  const secrets = await readUsers(fileWith(t, '# staff\n\nalice:one\r\nbob:two:three\n'))
  const users = { alice: hash('sha256', 'one', 'hex'), bob: hash('sha256', 'two:three', 'hex') }
  assert.deepEqual(secrets, { socksUsers: users })
})

test('no file, no secrets', async () => {
  assert.equal(await readUsers('none'), undefined)
})

const bad: [reason: string, text: string, says: RegExp][] = [
  ['no colon', 'hunter2\n', /:1:1: expected user:password/],
  ['no password', 'alice:\n', /:1:1: expected user:password/],
  ['no user', ':hunter2\n', /:1:1: expected user:password/],
  ['the same user twice', 'alice:hunter2\nalice:hunter3\n', /:2:1: names a user that another line has/],
  [
    'a password nobody could send',
    `alice:${'hunter2'.repeat(40)}\n`,
    /:1:1: expected user and password of at most 255/,
  ],
  ['nobody', '# nobody yet\n', /:1:1: names no user/],
]
for (const [reason, text, says] of bad) {
  test(`a bad file is refused with its line, and without what stands there: ${reason}`, async (t) => {
    const failed = await readUsers(fileWith(t, text)).catch((error: SidecarError) => error)
    const { code, details } = failed as SidecarError
    const told = (details.problems as Problem[]).map(formatProblem).join('\n')
    assert.equal(code, 'OPERATOR_BAD_DOCUMENT')
    assert.match(told, says)
    assert.doesNotMatch(told, /hunter/)
  })
}

test('a file that is not there is named', async () => {
  await assert.rejects(readUsers('/nonexistent/users'), { code: 'OPERATOR_FILE_UNREADABLE' })
})
