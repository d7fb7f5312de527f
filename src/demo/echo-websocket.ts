import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { firstFrame, textFrame } from './websocket-frame.ts'

/** The constant every WebSocket server adds to the key (RFC 6455 §1.3). */
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const CLOSE = 8

/** Answers an upgrade with 101 and sends every short frame back; just enough WebSocket for a demo. */
export function echoWebSocket(request: IncomingMessage, socket: Duplex, early: Buffer): void {
  const accept = hash('sha1', `${request.headers['sec-websocket-key'] ?? ''}${MAGIC}`, 'base64')
  const fields = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`]
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields.join('\r\n')}\r\n\r\n`)
  let held = early
  const takeFrames = () => {
    for (let frame = firstFrame(held); frame !== undefined; frame = firstFrame(held)) {
      held = held.subarray(frame.length)
      if (frame.opcode === CLOSE) socket.end(textFrame(frame.payload, CLOSE))
      else socket.write(textFrame(frame.payload, frame.opcode))
    }
  }
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    takeFrames()
  })
  socket.on('end', () => socket.end())
  socket.on('error', () => socket.destroy())
  takeFrames()
}
