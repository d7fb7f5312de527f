/**
 * Real TLS backends for tests, on port 0 of loopback: they record what they were asked, by what name (SNI), whether
 * a session was resumed, and the ClientHello as it came. All of them are closed when the test ends.
 */
import http from 'node:http'
import net from 'node:net'
import type { TestContext } from 'node:test'
import tls from 'node:tls'
import type { MadeCertificate } from '../../src/certificate/make-certificate.ts'
import { type ClientHello, isWholeClientHello, parseClientHello } from './capture-client-hello.ts'

export interface BackendWish {
  /** What it shows; left out, it has no certificate and every handshake fails. */
  readonly certificate?: Pick<MadeCertificate, 'certificate' | 'key'>
  /** Intermediates sent after the leaf. */
  readonly chain?: readonly { readonly certificate: string }[]
  readonly host?: string
  /** A fixed port, for a backend that comes back in the place of an earlier one. */
  readonly port?: number
  readonly tls?: tls.TlsOptions
  /** Answers one HTTP request; `200 ok` by default. */
  readonly respond?: (request: http.IncomingMessage, response: http.ServerResponse) => void
  /** Does what it likes with the TLS server, before anybody connects. */
  readonly onServer?: (server: tls.Server) => void
  /** Takes the decrypted stream instead of the HTTP server. */
  readonly onSecure?: (socket: tls.TLSSocket) => void
}

export interface TestBackend {
  readonly host: string
  readonly port: number
  /** Heads of the requests received, as `GET /path`. */
  readonly requests: string[]
  /** One entry for each handshake that was completed. */
  readonly handshakes: Handshake[]
  readonly hellos: ClientHello[]
  /** TCP connections accepted, whatever came of them. */
  readonly accepted: number
  /** Those still open. */
  readonly sockets: ReadonlySet<net.Socket>
  /** Handshakes that failed, by Node's error code. */
  readonly failures: string[]
  close(): Promise<void>
}

export interface Handshake {
  readonly sni: string | undefined
  readonly resumed: boolean
  readonly protocol: string
  readonly alpn: string | undefined
  /** Common name of the client certificate shown, if one was. */
  readonly clientName: string | undefined
}

/** Starts an HTTPS backend (or a raw TLS one, with `onSecure`) that is closed when the test ends. */
export async function startBackend(test: Pick<TestContext, 'after'>, wish: BackendWish): Promise<TestBackend> {
  const web = http.createServer({ keepAliveTimeout: 0 }, (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (wish.respond) wish.respond(request, response)
    else response.end('ok')
  })
  const requests: string[] = []
  const handshakes: Handshake[] = []
  const failures: string[] = []
  const secure = tls.createServer({
    ...(wish.certificate ? { cert: chainOf(wish), key: wish.certificate.key } : {}),
    ALPNProtocols: ['http/1.1'],
    ...wish.tls,
  })
  wish.onServer?.(secure)
  secure.on('secureConnection', (socket) => {
    handshakes.push(describe(socket))
    socket.on('error', () => {})
    if (wish.onSecure) wish.onSecure(socket)
    else web.emit('connection', socket)
  })
  secure.on('tlsClientError', (error: NodeJS.ErrnoException) => failures.push(error.code ?? error.message))
  const hellos: ClientHello[] = []
  const raw = await startRawBackend(test, {
    ...(wish.host ? { host: wish.host } : {}),
    ...(wish.port ? { port: wish.port } : {}),
    // A caller that leaves in mid-handshake must end the connection: TLS has no half-open state to keep it in.
    allowHalfOpen: false,
    onSocket: (socket) => captureHello(socket, hellos, () => secure.emit('connection', socket)),
  })
  // The TLS and web servers never listen themselves; closing them ends their timers.
  test.after(() => web.close())
  return Object.assign(raw, { requests, handshakes, hellos, failures })
}

export interface RawBackend {
  readonly host: string
  readonly port: number
  readonly accepted: number
  readonly sockets: ReadonlySet<net.Socket>
  close(): Promise<void>
}

export interface RawBackendWish {
  readonly onSocket: (socket: net.Socket) => void
  readonly host?: string
  readonly port?: number
  readonly allowHalfOpen?: boolean
}

/** What a backend that does not speak TLS as it should may do with a connection. */
export const misbehaviours = {
  silent: () => {},
  'closes at once': (socket: net.Socket) => socket.end(),
  resets: (socket: net.Socket) => socket.once('data', () => socket.resetAndDestroy()),
  'speaks HTTP': (socket: net.Socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')),
  'speaks SSH': (socket: net.Socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'),
  'greets like a mail server': (socket: net.Socket) => socket.write('220 mail.test ESMTP\r\n'),
  'greets like an IMAP server': (socket: net.Socket) => socket.write('* OK IMAP4rev1 ready\r\n'),
  'sends rubbish': (socket: net.Socket) => socket.write(Buffer.alloc(64, 0xee)),
} satisfies Record<string, (socket: net.Socket) => void>

/** Starts a plain TCP backend that does with each connection what the test says; closed when the test ends. */
export async function startRawBackend(
  test: Pick<TestContext, 'after'>,
  { onSocket, host = '127.0.0.1', port = 0, allowHalfOpen = true }: RawBackendWish,
): Promise<RawBackend> {
  const sockets = new Set<net.Socket>()
  let accepted = 0
  const server = net.createServer({ allowHalfOpen }, (socket) => {
    accepted += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    onSocket(socket)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ host, port }, resolve))
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  test.after(close)
  const address = server.address() as net.AddressInfo
  return {
    host,
    port: address.port,
    get accepted() {
      return accepted
    },
    sockets,
    close,
  }
}

function captureHello(socket: net.Socket, hellos: ClientHello[], captured: () => void): void {
  let seen = Buffer.alloc(0)
  const look = () => {
    const chunk = socket.read() as Buffer | null
    if (chunk === null) return
    seen = Buffer.concat([seen, chunk])
    const isTls = seen[0] === 22
    if (isTls && !isWholeClientHello(seen)) return
    socket.off('readable', look)
    if (isTls) hellos.push(parseClientHello(seen))
    socket.unshift(seen)
    captured()
  }
  socket.on('readable', look)
}

function describe(socket: tls.TLSSocket): Handshake {
  const sni = (socket as unknown as { servername?: string | false }).servername
  return {
    sni: sni || undefined,
    resumed: socket.isSessionReused(),
    protocol: socket.getProtocol() ?? '',
    alpn: socket.alpnProtocol || undefined,
    clientName: socket.getPeerX509Certificate()?.subject?.replace(/^CN=/, ''),
  }
}

function chainOf(wish: BackendWish): string {
  return [wish.certificate, ...(wish.chain ?? [])].map((each) => each?.certificate).join('\n')
}
