/** A4: passwords and tokens are compared without telling how near a guess was. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashPassword, isPassword } from '../../src/admin/access/password.ts'
import { hashToken, makeToken } from '../../src/admin/access/token.ts'

test('a password is known again, and no other', async () => {
  const stored = await hashPassword('correct horse battery')
  assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w-]{22}\$[\w-]{43}$/)
  assert.equal(await isPassword('correct horse battery', stored), true)
  assert.equal(await isPassword('correct horse batterx', stored), false)
  assert.equal(await isPassword('', stored), false)
})

test('the same password is stored differently each time', async () => {
  assert.notEqual(await hashPassword('correct horse battery'), await hashPassword('correct horse battery'))
})

test('letters typed in two ways are the same letters', async () => {
  assert.equal(await isPassword('cafe\u0301 au lait', await hashPassword('caf\u00e9 au lait')), true)
})

test('A4: a user who is not there costs as much time as a wrong password', async () => {
  const stored = await hashPassword('correct horse battery')
  const time = async (hash: string | undefined) => {
    const startedMs = performance.now()
    for (let n = 0; n < 5; n += 1) assert.equal(await isPassword('wrong', hash), false)
    return performance.now() - startedMs
  }
  await time(stored)
  const [known, unknown] = [await time(stored), await time(undefined)]
  assert.ok(unknown > known / 3 && unknown < known * 3, `${known} ms against ${unknown} ms`)
})

test('a flood of tries waits in a short queue and is then refused', async () => {
  const all = await Promise.allSettled(Array.from({ length: 40 }, () => isPassword('wrong', undefined)))
  const refused = all.filter(({ status }) => status === 'rejected').length
  assert.ok(refused >= 20 && refused < 40, `${refused} of 40 are refused`)
})

test('A4: a token is looked up by its hash, in which a near miss is no nearer', () => {
  const token = makeToken('session')
  assert.match(token, /^vdt_session_[\w-]{43}$/)
  const near = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
  const same = [...hashToken(token)].filter((letter, index) => letter === hashToken(near)[index]).length
  assert.ok(same < 20, `${same} of 64 letters agree`)
})
