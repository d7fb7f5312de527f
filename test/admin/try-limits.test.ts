/** A3: guessing locks out whoever guesses, from where they guess, and nobody else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTryLimits } from '../../src/admin/access/try-limits.ts'

function limits() {
  let nowMs = 0
  const tries = createTryLimits({ now: () => nowMs })
  return { tries, pass: (ms: number) => (nowMs += ms) }
}

test('A3: five wrong tries lock an account for the address they came from, longer each time', () => {
  const { tries, pass } = limits()
  for (let n = 0; n < 5; n += 1) {
    assert.equal(tries.waitS('dana', '192.0.2.1'), 0)
    tries.failed('dana', '192.0.2.1')
  }
  assert.equal(tries.waitS('dana', '192.0.2.1'), 30)
  assert.equal(tries.waitS('DANA', '192.0.2.1'), 30, 'names have no case')
  pass(30_000)
  assert.equal(tries.waitS('dana', '192.0.2.1'), 0)
  tries.failed('dana', '192.0.2.1')
  assert.equal(tries.waitS('dana', '192.0.2.1'), 60)
})

test('A3: the right person comes in from elsewhere, and others from the same address', () => {
  const { tries } = limits()
  for (let n = 0; n < 10; n += 1) tries.failed('dana', '192.0.2.1')
  assert.equal(tries.waitS('dana', '192.0.2.2'), 0)
  assert.equal(tries.waitS('kim', '192.0.2.1'), 0)
})

test('A3: an address that tries one account after the other is locked out as a whole', () => {
  const { tries } = limits()
  for (let n = 0; n < 20; n += 1) tries.failed(`user${n}`, '192.0.2.1')
  assert.ok(tries.waitS('somebody else', '192.0.2.1') > 0)
  assert.equal(tries.waitS('somebody else', '192.0.2.2'), 0)
})

test('A3: the addresses of one IPv6 network count as one, however they are written', () => {
  const { tries } = limits()
  for (let n = 0; n < 5; n += 1) tries.failed('dana', `2001:db8:0:1::${n}`)
  assert.ok(tries.waitS('dana', '2001:db8::1:aaaa:0:0:9') > 0)
  assert.equal(tries.waitS('dana', '2001:db8:0:2::1'), 0)
})

test('A3: the right password forgets the wrong ones, and time does too', () => {
  const { tries, pass } = limits()
  for (let n = 0; n < 4; n += 1) tries.failed('dana', '192.0.2.1')
  tries.succeeded('dana', '192.0.2.1')
  tries.failed('dana', '192.0.2.1')
  assert.equal(tries.waitS('dana', '192.0.2.1'), 0)
  pass(16 * 60_000)
  for (let n = 0; n < 4; n += 1) tries.failed('dana', '192.0.2.1')
  assert.equal(tries.waitS('dana', '192.0.2.1'), 0)
})

test('A3: right passwords lock nobody out, however many come from one address', () => {
  const { tries } = limits()
  for (let n = 0; n < 50; n += 1) {
    assert.equal(tries.waitS('dana', '192.0.2.1'), 0, `after ${n}`)
    tries.failed('dana', '192.0.2.1')
    tries.succeeded('dana', '192.0.2.1')
  }
})

test('A3: after wrong ones from an address, right passwords do not make it wait again, and time forgets', () => {
  const { tries, pass } = limits()
  for (let n = 0; n < 20; n += 1) tries.failed(`user${n}`, '192.0.2.1')
  assert.equal(tries.waitS('dana', '192.0.2.1'), 30)
  pass(30_000)
  for (let minutes = 0; minutes < 20; minutes += 1) {
    assert.equal(tries.waitS('dana', '192.0.2.1'), 0, `after ${minutes} minutes`)
    tries.failed('dana', '192.0.2.1')
    tries.succeeded('dana', '192.0.2.1')
    pass(60_000)
  }
  tries.failed('kim', '192.0.2.1')
  assert.equal(tries.waitS('dana', '192.0.2.1'), 0, 'the wrong ones are forgotten')
})

test('A3: a password that nobody looked at was no try', () => {
  const { tries } = limits()
  for (let n = 0; n < 50; n += 1) {
    tries.failed('dana', '192.0.2.1')
    tries.takenBack('dana', '192.0.2.1')
  }
  assert.equal(tries.waitS('dana', '192.0.2.1'), 0)
  for (let n = 0; n < 4; n += 1) tries.failed('dana', '192.0.2.1')
  tries.failed('dana', '192.0.2.1')
  assert.equal(tries.waitS('dana', '192.0.2.1'), 30, 'wrong ones still count')
})

test('A3: a right password in between forgives the address none of its wrong ones', () => {
  const { tries } = limits()
  for (let n = 0; n < 20; n += 1) {
    tries.failed(`user${n}`, '192.0.2.1')
    if (n === 19) break
    tries.failed('an account of their own', '192.0.2.1')
    tries.succeeded('an account of their own', '192.0.2.1')
  }
  assert.ok(tries.waitS('somebody else', '192.0.2.1') > 0)
})

test('A3: a flood of addresses is not remembered without bound', () => {
  const { tries } = limits()
  for (let n = 0; n < 30_000; n += 1) tries.failed('dana', `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`)
  for (let n = 0; n < 5; n += 1) tries.failed('kim', '192.0.2.1')
  assert.ok(tries.waitS('kim', '192.0.2.1') > 0, 'what is new is kept')
})
