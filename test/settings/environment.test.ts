import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namesAuthorities, pickEnvironment, readEnvironment, wantsColor } from '../../src/settings/environment.ts'

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

const authorities: readonly [flags: string[], environment: NodeJS.ProcessEnv, named: boolean][] = [
  [[], {}, false],
  [['--max-old-space-size=64'], { NODE_OPTIONS: '--enable-source-maps', NODE_EXTRA_CA_CERTS: 'file' }, false],
  [['--use-openssl-ca'], {}, true],
  [['--use_bundled_ca'], {}, true],
  [[], { NODE_OPTIONS: '--trace-warnings --use-system-ca' }, true],
  [[], { NODE_USE_SYSTEM_CA: '1' }, true],
]
for (const [flags, environment, named] of authorities) {
  test(`${JSON.stringify([flags, environment])} ${named ? 'says' : 'does not say'} which authorities Node is to use`, () => {
    assert.equal(namesAuthorities(flags, environment), named)
  })
}

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
