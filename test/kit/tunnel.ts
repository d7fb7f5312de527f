/** A caller's end of a tunnel with TLS in it, to a backend that echoes. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import type { TestContext } from 'node:test'
import tls from 'node:tls'

export interface Tunnel {
  /** Resolves when the connection to the proxy is gone. */
  readonly closed: Promise<unknown>
  /** Sends a text and tells whether it comes back. */
  echoes(text: string): Promise<boolean>
}

export interface TunnelWish {
  readonly proxyPort: number
  readonly authority: string
  /** PEM of what the caller trusts. */
  readonly ca: string | string[]
}

/** Opens a tunnel by CONNECT and makes the handshake in it; it is destroyed when the test ends. */
export async function openTunnel(t: TestContext, { proxyPort, authority, ca }: TunnelWish): Promise<Tunnel> {
  const raw = net.connect(proxyPort, '127.0.0.1')
  raw.on('error', () => {})
  t.after(() => raw.destroy())
  const closed = new Promise((resolve) => raw.once('close', resolve))
  raw.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`)
  const [answer] = (await once(raw, 'data')) as [Buffer]
  assert.match(answer.toString('latin1'), /^HTTP\/1\.1 200 /)
  const socket = tls.connect({ socket: raw, servername: authority.replace(/:\d+$/, ''), ca })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  const echoes = async (text: string) => {
    const came = once(socket, 'data')
    socket.write(text)
    return String((await came)[0]) === text
  }
  return { closed, echoes }
}
