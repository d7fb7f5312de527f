import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pickEnvironment, readEnvironment, wantsColor } from '../../src/settings/environment.ts'

test('only our variables and the two about colour are ever looked at', () => {
  const variables = {
    VEDETTE_STATE: 's',
    NO_COLOR: '1',
    FORCE_COLOR: '1',
    AWS_SECRET_ACCESS_KEY: 'x',
    vedette_x: 'y',
    HOME: '/',
  }
  assert.deepEqual(pickEnvironment(variables), { VEDETTE_STATE: 's', NO_COLOR: '1', FORCE_COLOR: '1' })
})

test('the environment of this process is read when asked, not when loaded', () => {
  process.env.VEDETTE_TEST_PROBE = 'here'
  try {
    assert.equal(readEnvironment().VEDETTE_TEST_PROBE, 'here')
  } finally {
    delete process.env.VEDETTE_TEST_PROBE
  }
  assert.equal(readEnvironment().VEDETTE_TEST_PROBE, undefined)
})

const cases: readonly [environment: Record<string, string>, isTerminal: boolean, color: boolean][] = [
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
]
for (const [environment, isTerminal, color] of cases) {
  test(`${JSON.stringify(environment)} ${isTerminal ? 'at' : 'without'} a terminal ${color ? 'colours' : 'does not'}`, () => {
    assert.equal(wantsColor(environment, isTerminal), color)
  })
}
