/** A stand-in for a running instance: it listens on the control socket, and answers what the test says. */
import net from 'node:net'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import type { SidecarError } from '../../src/errors.ts'
import { controlSocketPath } from '../../src/processes/supervisor/state-lock.ts'
import { makeFolder } from './run-cli.ts'

type Answer = { result: unknown; progress?: unknown[] } | { error: Pick<SidecarError, 'code' | 'message' | 'details'> }

/** Starts a stand-in instance; `requests` fills up with what it was asked. */
export async function standIn(
  test: TestContext,
  answer: Answer,
): Promise<{ state: string; requests: Record<string, unknown>[] }> {
  const state = makeFolder(test)
  const requests: Record<string, unknown>[] = []
  const server = net.createServer((socket) => {
    createInterface({ input: socket }).on('line', (line) => {
      const { id, ...request } = JSON.parse(line) as Record<string, unknown>
      requests.push(request)
      const say = (reply: object) => socket.write(`${JSON.stringify({ id, ...reply })}\n`)
      if ('error' in answer) return say({ ok: false, error: answer.error })
      for (const progress of answer.progress ?? []) say({ progress })
      say({ ok: true, result: answer.result })
    })
  })
  await new Promise<void>((resolve) => server.listen(controlSocketPath(state), resolve))
  test.after(() => server.close())
  return { state, requests }
}
