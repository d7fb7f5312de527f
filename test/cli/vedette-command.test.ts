/** The ways to a `vedette` command that the documents name: relative paths start where it is typed. */
import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../kit/start-sidecar.ts'
import { makeFolder, policyText } from './run-cli.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))

describe('a vedette command', { concurrency: true }, () => {
  it('is the npm script, wherever it is typed', async (t) => {
    const folder = makeFolder(t, { 'own.yaml': policyText('  sni: false') })
    const script = `cd '${folder}' && npm --prefix '${top}' run -s vedette -- check own.yaml`
    const { code, stderr } = await runProgram('sh', ['-c', script])
    assert.deepEqual([code, stderr.trim()], [0, '✓ policy own.yaml: sound'])
  })

  it('is a link to main.ts on the path', async (t) => {
    const folder = makeFolder(t)
    symlinkSync(path.join(top, 'src/main.ts'), path.join(folder, 'vedette'))
    const { code, stdout } = await runProgram('sh', [
      '-c',
      `PATH="${folder}:${path.dirname(process.execPath)}:$PATH" vedette version --json`,
    ])
    assert.equal(code, 0)
    assert.equal((JSON.parse(stdout) as { node: string }).node, process.versions.node)
  })
})
