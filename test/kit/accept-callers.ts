import type { TestContext } from 'node:test'
import { acceptOn, bindHandle, type TcpHandle } from '../../src/wire/raw-handle.ts'

interface Taking {
  accept(caller: TcpHandle): void
  cut(): void
}

/** Lets an entrance take callers until the test ends, and whatever it works with end behind it; gives its port on loopback. */
export function acceptCallers(
  t: Pick<TestContext, 'after'>,
  entrance: Taking,
  tools: readonly { close(): void }[] = [],
): number {
  const { handle, port } = bindHandle({ host: '127.0.0.1', port: 0 })
  acceptOn(handle, (caller) => entrance.accept(caller))
  t.after(() => {
    handle.close()
    entrance.cut()
    for (const tool of tools) tool.close()
  })
  return port
}
