import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { Terminal } from '../../src/cli/terminal.ts'

/** Paints a word in a process of its own, because colour depends on the environment a process was started with. */
function painted(environment: Readonly<Record<string, string>>): string {
  const terminal = new URL('../../src/cli/terminal.ts', import.meta.url).href
  const script = `import { Terminal } from ${JSON.stringify(terminal)}
process.stdout.write(new Terminal(process).paint('red', 'word'))`
  const options = { encoding: 'utf8', env: { PATH: process.env.PATH ?? '', ...environment } } as const
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], options)
}

describe('colour', () => {
  const rows: [string, Readonly<Record<string, string>>, boolean][] = [
    ['a pipe gets none', {}, false],
    ['FORCE_COLOR gives it to a pipe', { FORCE_COLOR: '1' }, true],
    ['NO_COLOR takes it away', { NO_COLOR: '1', TERM: 'xterm-256color' }, false],
  ]
  for (const [what, environment, colored] of rows) {
    it(what, () => assert.equal(painted(environment), colored ? '\u001b[31mword\u001b[39m' : 'word'))
  }
})

describe('output', () => {
  const terminal = () =>
    new Terminal({ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() })

  it('to a reader who has seen enough ends quietly', () => {
    assert.equal(terminal().stdout.emit('error', Object.assign(new Error('write'), { code: 'EPIPE' })), true)
  })

  it('that fails for any other reason is not hidden', () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' })
    assert.throws(() => terminal().stdout.emit('error', full), { code: 'ENOSPC' })
  })
})
