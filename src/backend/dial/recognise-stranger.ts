/**
 * Tells what it is that answered a TLS handshake with something else. The bytes are gone by then (they went straight
 * into OpenSSL), so one more plain connection is made to the same checked address and sent one empty TLS record, which
 * carries nothing of anybody: servers that speak first do so, HTTP servers complain in HTTP.
 */
import net from 'node:net'
import { printable } from '../../certificate/printable.ts'

/** A handshake record with a ClientHello of no length: no TLS server goes on after it. */
const EMPTY_HELLO = Buffer.from('16030100040100000d0a0d0a', 'hex')
const PATIENCE_MS = 500
const SHOWN_MAX = 40

/** Describes what answers there, to be put behind a sentence; empty when nothing recognisable comes in time. */
export async function recogniseStranger(address: string, port: number): Promise<string> {
  const seen = await firstBytes(address, port)
  if (seen.startsWith('HTTP/')) return ': it speaks plain HTTP on this port'
  if (seen.startsWith('SSH-')) return ': it is an SSH server'
  if (/^220[ -]/.test(seen)) return ': it greets like a mail or FTP server, which wants STARTTLS'
  if (/^\* OK|^\+OK/.test(seen)) return ': it greets like an IMAP or POP3 server, which wants STARTTLS'
  if (!/^[\x20-\x7e]{4}/.test(seen)) return ''
  return `: it begins with ${JSON.stringify(printable(seen.split(/[\r\n]/, 1)[0] ?? '').slice(0, SHOWN_MAX))}`
}

function firstBytes(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port })
    const finish = (seen: string) => {
      socket.destroy()
      resolve(seen)
    }
    socket.setTimeout(PATIENCE_MS, () => finish(''))
    socket.on('error', () => finish(''))
    socket.once('end', () => finish(''))
    socket.once('connect', () => socket.write(EMPTY_HELLO))
    socket.once('data', (bytes) => finish(bytes.toString('latin1', 0, 256)))
  })
}
