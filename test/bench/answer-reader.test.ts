import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32 } from 'node:zlib'
import { type Answer, AnswerReader } from '../../bench/load/answer-reader.ts'

function read(text: string, pieceBytes = text.length): Answer[] {
  const answers: Answer[] = []
  const reader = new AnswerReader((answer) => answers.push(answer))
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(Buffer.from(bytes.subarray(at, at + pieceBytes)))
  assert.ok(reader.atRest, 'nothing is left over')
  return answers
}

const accepted: readonly (readonly [string, string, string])[] = [
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'hello'],
  ['an empty body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', ''],
  ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n', 'hello'],
  [
    'chunks and a trailer',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-A: b\r\n\r\n',
    'hello',
  ],
  ['an interim answer first', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'ok'],
]

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['no status line', 'HTTP/1.0 200 OK\r\n\r\n', /not a status line/],
  ['no length', 'HTTP/1.1 200 OK\r\n\r\nhello', /without length/],
  ['two framings', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n', /two ways/],
  ['a chunk longer than it says', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n', /longer/],
  ['a body longer than it says', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello\r\n\r\n', /not a status line/],
]

describe('the answer reader', () => {
  for (const [name, text, body] of accepted) {
    it(`reads ${name}, whole and byte by byte`, () => {
      for (const pieceBytes of [text.length, 1, 3]) {
        const [answer] = read(text, pieceBytes)
        assert.deepEqual([answer?.status, answer?.bytes, answer?.crc], [200, body.length, crc32(body)])
      }
    })
  }

  it('reads two answers out of one piece, and their fields apart', () => {
    const one = (value: string) => `HTTP/1.1 200 OK\r\nX-Id: ${value}\r\nContent-Length: 1\r\n\r\nx`
    const answers = read(one('1') + one('2'))
    assert.deepEqual(
      answers.map(({ fields }) => fields.get('x-id')),
      ['1', '2'],
    )
  })

  for (const [name, text, message] of refused) {
    it(`does not guess at an answer with ${name}`, () => {
      assert.throws(() => read(text), message)
    })
  }
})
