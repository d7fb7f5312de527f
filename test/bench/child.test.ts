import assert from 'node:assert/strict'
import fs from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { startChild, untilReady } from '../../bench/rig/child.ts'
import { processTree } from '../../bench/rig/processes.ts'
import { temporaryFolder } from '../../bench/rig/rig.ts'

let folder: string
before(() => {
  folder = temporaryFolder()
})
after(() => fs.rmSync(folder, { recursive: true, force: true }))

let count = 0
const start = (script: string) => startChild({ name: `child-${++count}`, command: 'sh', args: ['-c', script], folder })

describe('a child of the rig', () => {
  it('is left alone when it gets ready', async () => {
    const child = start('echo up; exec sleep 60')
    await untilReady(child, async () => fs.readFileSync(child.outputPath, 'utf8') === 'up\n', { withinMs: 10_000 })
    assert.ok(child.alive)
    assert.equal(await child.stop(), 'SIGTERM')
  })

  it('is ended when it does not get ready in time, so that a failed run leaves nothing behind', async () => {
    const child = start('exec sleep 60')
    await assert.rejects(
      untilReady(child, async () => false, { withinMs: 50 }),
      /child-2 was not ready within 50 ms/,
    )
    assert.equal(child.alive, false)
    assert.ok(!processTree(process.pid).includes(child.pid))
  })

  it('tells its last words when it dies while starting', async () => {
    const child = start('echo "no such port"; exit 4')
    await assert.rejects(
      untilReady(child, async () => false, { withinMs: 10_000 }),
      /ended while starting:\nno such port/,
    )
    assert.equal(await child.exited, 4)
  })

  it('is killed when it does not heed the request to end', async () => {
    const child = start('trap "" TERM; echo up; while :; do sleep 0.05; done')
    await untilReady(child, async () => fs.readFileSync(child.outputPath, 'utf8').includes('up'), { withinMs: 10_000 })
    assert.equal(await child.stop(100), 'SIGKILL')
  })
})
