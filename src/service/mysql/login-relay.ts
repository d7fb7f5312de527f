/**
 * The packets of a login between a caller in plain text and a server that was asked for TLS: pure, bytes in, bytes out.
 * Packets are numbered through from the greeting, and our SSLRequest was one that the caller knows nothing of, so each
 * goes on with its number one higher, or one lower on the way back, until the server says OK or an error. Commands begin
 * anew at 0 on both sides: from then on nothing needs to be touched.
 */
import { type MysqlPacket, MysqlPackets, mysqlPacket, withSslFlag } from '../../backend/starttls/mysql-packets.ts'

export type Relayed =
  /** To be written on; `isOver` says that what comes behind it passes untouched. */
  | { readonly kind: 'on'; readonly write: Buffer; readonly isOver: boolean }
  | { readonly kind: 'bad'; readonly what: string }

/** More than any login takes, with a Kerberos ticket or many attributes in it. */
const LOGIN_BYTES_MAX = 131_072
const LOGIN_PACKETS_MAX = 32

const OK = 0x00
const OK_BYTES_MIN = 7
const ERROR = 0xff
const MORE_DATA = 0x01
/** What caching_sha2_password says on the way: the end follows at once, or the password itself is wanted. */
const FAST_SUCCESS = 0x03
const FULL_AUTHENTICATION = 0x04
/** With which caching_sha2_password asks for the key that hides a password on a connection without TLS. */
const KEY_REQUEST = 0x02

export class LoginRelay {
  /** What goes to the backend first: the caller's answer to the greeting. */
  readonly opening: Buffer
  /** The number of the next packet, as the caller counts. */
  #next = 2
  #bytes = 0
  #packets = 0
  #asksForPassword = false
  /** Who is to speak now; of the two, the one that lets the other wait. */
  awaited: 'caller' | 'backend' = 'backend'
  readonly #caller = new MysqlPackets()
  readonly #backend = new MysqlPackets()

  constructor(answer: MysqlPacket) {
    this.opening = mysqlPacket({ number: answer.number + 1, payload: withSslFlag(answer.payload) })
  }

  /** The number that a word of ours to the caller has to have. */
  get next(): number {
    return this.#next
  }

  fromCaller(bytes: Buffer): Relayed {
    this.#caller.push(bytes)
    return this.#relay(bytes.length, this.#caller, 'caller')
  }

  fromBackend(bytes: Buffer): Relayed {
    this.#backend.push(bytes)
    return this.#relay(bytes.length, this.#backend, 'backend')
  }

  /** What the caller has sent behind its last whole packet; it goes on untouched once the login is over. */
  takeCallerRest(): Buffer {
    return this.#caller.takeRest()
  }

  #relay(count: number, packets: MysqlPackets, from: 'caller' | 'backend'): Relayed {
    this.#bytes += count
    if (this.#bytes > LOGIN_BYTES_MAX) return bad(`the login takes more than ${LOGIN_BYTES_MAX} bytes`)
    const whole: Buffer[] = []
    for (let packet = packets.next(); packet !== undefined; packet = packets.next()) {
      const fault = this.#faultOf(packet, from)
      if (fault !== undefined) return bad(fault)
      // Its number as the other side counts.
      whole.push(mysqlPacket({ ...packet, number: from === 'caller' ? this.#next + 1 : this.#next }))
      this.#next += 1
      this.awaited = from === 'caller' || isStatus(packet, FAST_SUCCESS) ? 'backend' : 'caller'
      if (from === 'backend' && endsLogin(packet)) {
        return { kind: 'on', write: Buffer.concat([...whole, packets.takeRest()]), isOver: true }
      }
    }
    return { kind: 'on', write: Buffer.concat(whole), isOver: false }
  }

  #faultOf({ number, payload }: MysqlPacket, from: 'caller' | 'backend'): string | undefined {
    this.#packets += 1
    if (this.#packets > LOGIN_PACKETS_MAX) return `the login takes more than ${LOGIN_PACKETS_MAX} packets`
    const expected = from === 'caller' ? this.#next : this.#next + 1
    // Servers do not always number their last word as they should; clients take it all the same.
    if (number !== expected && !(from === 'backend' && payload[0] === ERROR)) {
      return `the ${from} numbers a packet of the login with ${number} instead of ${expected}`
    }
    // Inside TLS servers take any answer to this for the password itself, so the request would be a wrong password.
    if (from === 'caller' && this.#asksForPassword && payload.length === 1 && payload[0] === KEY_REQUEST)
      return fullOnly
    this.#asksForPassword = from === 'backend' && isStatus({ payload }, FULL_AUTHENTICATION)
    return undefined
  }
}

const fullOnly =
  'the server wants the password itself (caching_sha2_password, not in its cache), which a client gives by a socket file ' +
  'or over TLS only: accept it on a socket file, or fill the cache by one login over TLS'

function isStatus({ payload }: Pick<MysqlPacket, 'payload'>, status: number): boolean {
  return payload.length === 2 && payload[0] === MORE_DATA && payload[1] === status
}

/** Everything else that a server says in a login begins with another byte: more data, or a switch of the plugin. */
function endsLogin({ payload }: MysqlPacket): boolean {
  return (payload[0] === OK && payload.length >= OK_BYTES_MIN) || payload[0] === ERROR
}

function bad(what: string): Relayed {
  return { kind: 'bad', what }
}
