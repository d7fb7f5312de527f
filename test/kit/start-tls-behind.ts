/** A caller that says something in plain text and speaks TLS behind it, in one write where it can. */
import { readFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import tls from 'node:tls'

export interface BehindWish {
  readonly port: number
  /** The folder of its key pair. */
  readonly pair: string
  readonly says: string
}

/** Gives all that came back. */
export function startTlsBehind(prefix: string, { port, pair, says }: BehindWish): Promise<string> {
  const raw = net.connect(port, '127.0.0.1')
  // Corked, so that the header and the hello arrive together: what stands behind the header must not be lost.
  raw.cork()
  raw.write(prefix)
  const cert = readFileSync(path.join(pair, 'tls.crt'))
  const key = readFileSync(path.join(pair, 'tls.key'))
  const socket = tls.connect({ socket: raw, cert, key, rejectUnauthorized: false })
  setImmediate(() => raw.uncork())
  return new Promise((resolve, reject) => {
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes.toString()
    })
    socket.once('secureConnect', () => socket.write(says))
    socket.once('error', reject)
    socket.once('end', () => resolve(text))
  })
}
