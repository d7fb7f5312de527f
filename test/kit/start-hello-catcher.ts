import type { TestContext } from 'node:test'
import { type ClientHello, isWholeClientHello, parseClientHello } from './capture-client-hello.ts'
import { startRawBackend } from './start-backend.ts'

export interface HelloCatcher {
  readonly port: number
  readonly hellos: ClientHello[]
}

/** A fatal alert handshake_failure: the end of a handshake that nobody takes for a broken connection. */
const REFUSAL = Buffer.from('15030300020228', 'hex')

/** Starts a plain TCP backend that reads one ClientHello from each connection and refuses it with an alert. */
export async function startHelloCatcher(t: Pick<TestContext, 'after'>): Promise<HelloCatcher> {
  const hellos: ClientHello[] = []
  const { port } = await startRawBackend(t, {
    onSocket: (socket) => {
      let seen = Buffer.alloc(0)
      socket.on('data', (bytes: Buffer) => {
        seen = Buffer.concat([seen, bytes])
        if (!isWholeClientHello(seen)) return
        hellos.push(parseClientHello(seen))
        socket.removeAllListeners('data')
        socket.resume().end(REFUSAL)
      })
    },
  })
  return { port, hellos }
}
