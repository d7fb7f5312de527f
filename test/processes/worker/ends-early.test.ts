/**
 * Goal: a worker that is told to end while it still loads the code of services does not go on beginning. Method: a real
 * worker, told both in one breath, with a backend to warm up that counts who comes.
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseAuthority } from '../../../src/policy/parse-destination.ts'
import type { FromWorker, ToWorker } from '../../../src/processes/messages.ts'
import { makeSnapshot } from '../../kit/make-snapshot.ts'
import { makeTrust } from '../../kit/make-trust.ts'
import { makeService } from '../../kit/service.ts'

test('nobody is dialled any more, and it never says that it is ready', async (t) => {
  let dials = 0
  const backend = net.createServer((caller) => {
    dials += 1
    caller.destroy()
  })
  await once(backend.listen(0, '127.0.0.1'), 'listening')
  t.after(() => backend.close())
  const { port } = backend.address() as net.AddressInfo
  const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))
  const worker = fork(main, ['--role=worker'])
  t.after(() => worker.kill('SIGKILL'))
  const said: string[] = []
  worker.on('message', (message) => said.push((message as FromWorker).type))
  const { set } = await makeTrust()
  const tell = (message: ToWorker) => worker.send(message)
  const snapshot = makeSnapshot({
    trust: [set],
    settings: { services: [makeService({ connect: [{ ...parseAuthority(`127.0.0.1:${port}`), scheme: 'tls' }] })] },
  })
  tell({ type: 'begin', snapshot, warm: [`127.0.0.1:${port}`], intolerant: [], via: 'test', color: false })
  tell({ type: 'retire', handOver: false })
  const [code] = await once(worker, 'close')
  assert.deepEqual([code, said.includes('ready'), said.at(-1), dials], [0, false, 'ending', 0])
})
