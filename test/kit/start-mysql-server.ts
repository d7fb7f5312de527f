/** A server that speaks MySQL's protocol as far as a login goes, with TLS in the middle, and says what it is told to say. */
import type net from 'node:net'
import tls from 'node:tls'
import { type MysqlPacket, MysqlPackets, mysqlFlags, mysqlPacket } from '../../src/backend/starttls/mysql-packets.ts'
import type { MadeCertificate } from '../../src/certificate/make-certificate.ts'
import { startRawBackend } from './start-backend.ts'

interface Cleaner {
  after(clean: () => unknown): void
}

/** One side of a conversation in packets. */
export class MysqlTalk {
  readonly socket: net.Socket
  readonly #packets = new MysqlPackets()
  #changed: () => void = () => {}
  readonly #took = (bytes: Buffer) => {
    this.#packets.push(bytes)
    this.#changed()
  }

  constructor(socket: net.Socket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('data', this.#took)
    socket.on('close', () => this.#changed())
  }

  say(number: number, payload: Buffer | string): void {
    this.socket.write(mysqlPacket({ number, payload: Buffer.from(payload as string, 'latin1') }))
  }

  /** The next packet; rejects when the connection ends before it is whole. */
  async hear(): Promise<MysqlPacket> {
    for (;;) {
      const packet = this.#packets.next()
      if (packet !== undefined) return packet
      if (this.socket.closed) throw new Error('closed')
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }

  /** Gives the socket to somebody else, with what was not heard yet in front. */
  letGo(): net.Socket {
    this.socket.off('data', this.#took)
    this.socket.pause()
    const rest = this.#packets.takeRest()
    if (rest.length > 0) this.socket.unshift(rest)
    return this.socket
  }
}

export interface MysqlServerWish {
  readonly leaf: Pick<MadeCertificate, 'certificate' | 'key'>
  /** The payload of the greeting. */
  readonly greeting?: Buffer
  /** When it greets; at once by default. */
  readonly greets?: Promise<void>
  /** When it begins with TLS; at once by default. */
  readonly secures?: Promise<void>
  /** Takes the SSLRequest and what comes inside TLS, the answer of the client first; `raw` is what TLS stands on. */
  readonly talk: (inside: MysqlTalk, sslRequest: MysqlPacket, raw: net.Socket) => Promise<void>
  /** Does something of its own once it has greeted, in place of TLS. */
  readonly instead?: (socket: net.Socket) => void
}

/** Starts it; gives its port and how many came. */
export function startMysqlServer(t: Cleaner, wish: MysqlServerWish) {
  return startRawBackend(t as never, {
    onSocket: async (socket) => {
      const outside = new MysqlTalk(socket)
      await wish.greets
      outside.say(0, wish.greeting ?? mysqlGreeting())
      if (wish.instead !== undefined) return wish.instead(outside.letGo().resume())
      const request = await outside.hear().catch(() => undefined)
      if (request === undefined) return
      const raw = outside.letGo()
      await wish.secures
      const { certificate: cert, key } = wish.leaf
      const secureContext = tls.createSecureContext({ cert, key })
      const inside = new MysqlTalk(new tls.TLSSocket(raw, { isServer: true, secureContext }))
      await wish.talk(inside, request, socket).catch(() => {})
    },
  })
}

/** The payload of a greeting with these lower capabilities. */
export function mysqlGreeting(capabilities = 0xffff): Buffer {
  const low = Buffer.alloc(2)
  low.writeUInt16LE(capabilities)
  const tail = `\x2d\x02\x00\xff\xc1\x15${'\0'.repeat(10)}${'b'.repeat(12)}\0caching_sha2_password\0`
  return Buffer.from(`\x0a8.4.3\0\x01\0\0\0aaaaaaaa\0${low.toString('latin1')}${tail}`, 'latin1')
}

/** The payload of a client's answer: capabilities that are its own, a packet size and a character set, and its user. */
export function mysqlAnswer(user: string, capabilities = 0x01ffa685): Buffer {
  const head = Buffer.alloc(32)
  head.writeUInt32LE(capabilities & ~mysqlFlags.ssl, 0)
  head.writeUInt32LE(0x40000000, 4)
  head[8] = 224
  // Where MariaDB's clients say what MySQL's do not know.
  head.writeUInt32LE(0x1d, 28)
  return Buffer.concat([head, Buffer.from(`${user}\0\x04hash`, 'latin1')])
}
