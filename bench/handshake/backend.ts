/** A TLS backend in a process of its own, so that its half of a handshake is not counted: `backend FOLDER`. */
import fs from 'node:fs'
import path from 'node:path'
import tls from 'node:tls'

const [folder = '.'] = process.argv.slice(2)
const read = (name: string) => fs.readFileSync(path.join(folder, name))
const server = tls.createServer({ cert: read('tls.crt'), key: read('tls.key') }, (socket) => {
  socket.on('error', () => {})
  socket.resume()
})
const staple = read('staple.der')
server.on('OCSPRequest', (_certificate: Buffer, _issuer: Buffer, reply: (error: null, answer: Buffer) => void) => {
  reply(null, staple)
})
server.listen({ host: '127.0.0.1', port: 0 }, () => {
  const { port } = server.address() as { port: number }
  process.send?.(port)
})
process.once('disconnect', () => process.exit(0))
