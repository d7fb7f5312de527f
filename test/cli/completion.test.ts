import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { commands } from '../../src/cli/commands.ts'
import { runCli } from './run-cli.ts'

describe('completion', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`for ${shell} knows every command`, async () => {
      const { status, stdout } = await runCli(['completion', shell])
      assert.equal(status, 0)
      for (const { name } of commands) assert.match(stdout, new RegExp(`\\b${name}\\b`))
    })
  }

  const rows: [string[], string[]][] = [
    [['expl'], ['explain']],
    [['co'], ['confirm', 'completion']],
    [
      ['apply', '--conf'],
      ['--confirm-within', '--config'],
    ],
    [['schema', 'pol'], ['policy']],
  ]
  for (const [words, expected] of rows) {
    it(`in a real bash, vedette ${words.join(' ')} offers ${expected.join(' and ')}`, async () => {
      const { stdout: script } = await runCli(['completion', 'bash'])
      const line = ['vedette', ...words].map((word) => `'${word}'`).join(' ')
      const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _vedette; printf '%s\\n' "\${COMPREPLY[@]}"`
      const offered = execFileSync('bash', ['-c', `${script}\ncd /; ${ask}`], { encoding: 'utf8' })
      assert.deepEqual(offered.trim().split('\n').sort(), expected.toSorted())
    })
  }

  it('gives the words as JSON', async () => {
    const { stdout } = await runCli(['completion', 'bash', '--json'])
    const all = JSON.parse(stdout) as { name: string; words: string[] }[]
    assert.ok(all.find(({ name }) => name === 'explain')?.words.includes('--connect'))
  })
})
