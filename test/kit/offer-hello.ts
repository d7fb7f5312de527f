/** Lets Node send the ClientHello of given options to a raw socket on loopback, and reads what really came. */
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { type ClientHello, isWholeClientHello, parseClientHello } from './capture-client-hello.ts'

/** Captures one ClientHello; nothing answers it. */
export async function offerHello(options: tls.ConnectionOptions): Promise<ClientHello> {
  const listener = net.createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as net.AddressInfo
  const arrival = once(listener, 'connection') as Promise<[net.Socket]>
  const caller = tls.connect({ host: '127.0.0.1', port, ...options })
  caller.on('error', () => {})
  const [socket] = await arrival
  try {
    let seen = Buffer.alloc(0)
    while (!isWholeClientHello(seen)) {
      const [bytes] = (await once(socket, 'data')) as [Buffer]
      seen = Buffer.concat([seen, bytes])
    }
    return parseClientHello(seen)
  } finally {
    caller.destroy()
    socket.destroy()
    listener.close()
  }
}
