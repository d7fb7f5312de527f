/**
 * A4: passwords are hashed with argon2id before anything is compared, for a user who is not there too: a near miss has
 * another hash altogether. That the times of tokens tell nothing is measured in test/timing/secrets.test.ts.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { median } from '../../bench/rig/statistics.ts'
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
    assert.equal(await isPassword('wrong', hash), false)
    return performance.now() - startedMs
  }
  // In turn, so that what else the machine does falls on both.
  const [known, unknown]: [number[], number[]] = [[], []]
  for (let n = 0; n < 5; n += 1) {
    known.push(await time(stored))
    unknown.push(await time(undefined))
  }
  const ratio = median(unknown) / median(known)
  assert.ok(ratio > 1 / 2 && ratio < 2, `${ratio} times as long`)
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
