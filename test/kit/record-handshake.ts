/** Real TLS handshakes, taken down byte for byte in both directions as somebody between the two ends would see them. */
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'

export interface RecordedHandshake {
  readonly fromClient: Buffer
  readonly fromServer: Buffer
  /** The same bytes in the order in which they passed. */
  readonly turns: readonly { readonly from: 'client' | 'server'; readonly bytes: Buffer }[]
  readonly protocol: string
  readonly cipher: string
  readonly resumed: boolean
}

export interface HandshakeWish {
  readonly client?: tls.ConnectionOptions
  readonly server?: tls.TlsOptions
  /** Makes two connections and takes down the second, which resumes the session of the first. */
  readonly resume?: boolean
}

// Trusted by its own handshakes: what is under test is what passes, not who is believed.
const identity = await makeCertificate({ subject: 'a.test', sans: { dns: ['a.test'] } })

/** Makes one handshake over loopback and tells what passed. */
export async function recordHandshake({ client, server, resume = false }: HandshakeWish): Promise<RecordedHandshake> {
  const listener = tls.createServer({ cert: identity.certificate, key: identity.key, ...server }, (socket) => {
    socket.on('error', () => {}).end('x')
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as net.AddressInfo
  try {
    const options = { servername: 'a.test', ...client }
    if (!resume) return (await connectThrough(port, options)).recorded
    const first = await connectThrough(port, options)
    return (await connectThrough(port, { ...options, session: first.session })).recorded
  } finally {
    listener.close()
  }
}

async function connectThrough(port: number, options: tls.ConnectionOptions) {
  const turns: { from: 'client' | 'server'; bytes: Buffer }[] = []
  const relay = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1')
    near.on('data', (bytes: Buffer) => {
      turns.push({ from: 'client', bytes })
      far.write(bytes)
    })
    far.on('data', (bytes: Buffer) => {
      turns.push({ from: 'server', bytes })
      near.write(bytes)
    })
    near.on('error', () => far.destroy()).on('close', () => far.destroy())
    far.on('error', () => near.destroy()).on('end', () => near.end())
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const socket = tls.connect({
    port: (relay.address() as net.AddressInfo).port,
    ca: identity.certificate,
    ...options,
  })
  const sessions: Buffer[] = []
  socket.on('session', (session) => sessions.push(session))
  socket.resume()
  await once(socket, 'end')
  const recorded = {
    turns,
    fromClient: joined(turns, 'client'),
    fromServer: joined(turns, 'server'),
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher()?.standardName ?? '',
    resumed: socket.isSessionReused(),
  }
  socket.destroy()
  relay.close()
  return { recorded, session: sessions.at(-1) }
}

function joined(turns: RecordedHandshake['turns'], from: 'client' | 'server'): Buffer {
  return Buffer.concat(turns.filter((turn) => turn.from === from).map(({ bytes }) => bytes))
}
