/**
 * Reads HTTP/1.1 answers from a connection, strictly and on its own: the load generator must not share an HTTP
 * parser with what it tests. Anything it does not expect is an error, never a guess.
 */
import { BodyMeter } from './body.ts'

/** One whole answer. */
export interface Answer {
  readonly status: number
  readonly fields: ReadonlyMap<string, string>
  readonly bytes: number
  readonly crc: number
}

type State = 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers'

const HEAD_END = Buffer.from('\r\n\r\n')
const LINE_END = Buffer.from('\r\n')
const HEAD_MAX = 65_536

export class AnswerReader {
  #held: Buffer = Buffer.alloc(0)
  #state: State = 'head'
  #left = 0
  #meter = new BodyMeter()
  #status = 0
  #fields: ReadonlyMap<string, string> = new Map()
  readonly #answered: (answer: Answer) => void

  constructor(answered: (answer: Answer) => void) {
    this.#answered = answered
  }

  /** True between answers: nothing of a next one has been read. */
  get atRest(): boolean {
    return this.#state === 'head' && this.#held.length === 0
  }

  /** Takes bytes in; throws an Error that says what is wrong with the answer. */
  push(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    while (this.#step());
    // The caller's buffer may be used again: what is left is kept as a copy.
    this.#held = this.#held.length === 0 ? this.#held : Buffer.from(this.#held)
  }

  /** Moves on by one element; false when more bytes are needed. */
  #step(): boolean {
    if (this.#state === 'head') return this.#readHead()
    if (this.#state === 'length' || this.#state === 'chunk') return this.#readBody()
    return this.#readLine()
  }

  #readHead(): boolean {
    const end = this.#held.indexOf(HEAD_END)
    if (end === -1) {
      if (this.#held.length > HEAD_MAX) throw new Error('an answer head without end')
      return false
    }
    const lines = this.#take(end + HEAD_END.length)
      .toString('latin1')
      .slice(0, -HEAD_END.length)
      .split('\r\n')
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(`${lines[0]} `)
    if (status === null) throw new Error(`not a status line: ${JSON.stringify(lines[0]?.slice(0, 80))}`)
    this.#status = Number(status[1])
    this.#fields = parseFields(lines.slice(1))
    this.#meter = new BodyMeter()
    if (this.#status < 200) return true
    this.#beginBody()
    return true
  }

  #beginBody(): void {
    const coding = this.#fields.get('transfer-encoding')
    const length = this.#fields.get('content-length')
    if (coding !== undefined && length !== undefined) throw new Error('an answer framed in two ways')
    if (coding === 'chunked') {
      this.#state = 'chunk-size'
      return
    }
    if (coding !== undefined || length === undefined || !/^\d+$/.test(length))
      throw new Error('an answer without length')
    this.#left = Number(length)
    this.#state = 'length'
    if (this.#left === 0) this.#finish()
  }

  #readBody(): boolean {
    if (this.#held.length === 0) return false
    const piece = this.#take(Math.min(this.#left, this.#held.length))
    this.#meter.add(piece)
    this.#left -= piece.length
    if (this.#left > 0) return false
    if (this.#state === 'length') this.#finish()
    else this.#state = 'chunk-end'
    return true
  }

  #readLine(): boolean {
    const end = this.#held.indexOf(LINE_END)
    if (end === -1) return false
    const line = this.#take(end + LINE_END.length).toString('latin1', 0, end)
    if (this.#state === 'chunk-end') {
      if (line !== '') throw new Error('a chunk longer than it says')
      this.#state = 'chunk-size'
    } else if (this.#state === 'chunk-size') {
      if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`not a chunk size: ${JSON.stringify(line.slice(0, 40))}`)
      this.#left = Number.parseInt(line, 16)
      this.#state = this.#left === 0 ? 'trailers' : 'chunk'
    } else if (line === '') this.#finish()
    return true
  }

  #finish(): void {
    this.#state = 'head'
    this.#answered({ status: this.#status, fields: this.#fields, bytes: this.#meter.bytes, crc: this.#meter.crc })
  }

  #take(count: number): Buffer {
    const taken = this.#held.subarray(0, count)
    this.#held = this.#held.subarray(count)
    return taken
  }
}

function parseFields(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1) throw new Error(`not a field: ${JSON.stringify(line.slice(0, 80))}`)
    fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return fields
}
