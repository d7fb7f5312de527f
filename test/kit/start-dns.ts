/** A DNS server on UDP port 0 of loopback that answers what the test says, or stays silent. */
import dgram from 'node:dgram'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { bytesOfIp } from '../../src/certificate/ip-bytes.ts'

export interface Zone {
  readonly a?: readonly string[]
  readonly aaaa?: readonly string[]
  /** NOERROR by default; `silent` never answers. */
  readonly answer?: 'nxdomain' | 'servfail' | 'silent'
  /** Stays silent for this family only. */
  readonly silentFor?: 'a' | 'aaaa'
}

const TYPE_A = 1
const TYPE_AAAA = 28
const codes = { nxdomain: 3, servfail: 2 } as const

/** Starts it; `address` is what a resolver wants, `questions` what was asked (`A name`). */
export async function startDns(
  t: Pick<TestContext, 'after'>,
  zones: Readonly<Record<string, Zone>>,
): Promise<{ address: string; questions: string[] }> {
  const questions: string[] = []
  const socket = dgram.createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query)
    questions.push(`${type === TYPE_AAAA ? 'AAAA' : 'A'} ${name}`)
    const zone = zones[name] ?? { answer: 'nxdomain' }
    if (zone.answer === 'silent' || zone.silentFor === (type === TYPE_AAAA ? 'aaaa' : 'a')) return
    socket.send(writeAnswer(query.subarray(0, end), zone, type), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.after(() => socket.close())
  return { address: `127.0.0.1:${socket.address().port}`, questions }
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] as number; length > 0; length = query[at] as number) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function writeAnswer(question: Buffer, zone: Zone, type: number): Buffer {
  const addresses = (type === TYPE_A ? zone.a : type === TYPE_AAAA ? zone.aaaa : undefined) ?? []
  const head = Buffer.from(question)
  head.writeUInt16BE(0x8180 | (zone.answer && zone.answer !== 'silent' ? codes[zone.answer] : 0), 2)
  head.writeUInt16BE(addresses.length, 6)
  head.writeUInt32BE(0, 8)
  const records = addresses.map((address) => {
    const data = bytesOfIp(address)
    const record = Buffer.alloc(12)
    // The name is a pointer to that of the question.
    record.writeUInt16BE(0xc00c, 0)
    record.writeUInt16BE(type, 2)
    record.writeUInt16BE(1, 4)
    record.writeUInt16BE(data.length, 10)
    return Buffer.concat([record, data])
  })
  return Buffer.concat([head, ...records])
}
