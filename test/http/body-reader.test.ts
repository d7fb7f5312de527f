import assert from 'node:assert/strict'
import test from 'node:test'
import { bodyReader } from '../../src/http/body-reader.ts'
import { ChunkedBody } from '../../src/http/chunked-body.ts'
import { chunked, framingFields, lengthFraming, noBody, untilClose } from '../../src/http/framing.ts'

const hello = Buffer.from('hello')

function collect() {
  const pieces: Buffer[] = []
  return { pieces, sink: { piece: (view: Buffer) => pieces.push(view) } }
}

test('no body: done at once, nothing is consumed', () => {
  const { pieces, sink } = collect()
  const reader = bodyReader(noBody)
  assert.equal(reader.done, true)
  assert.equal(reader.read(hello, sink), 0)
  assert.deepEqual(pieces, [])
})

test('a length of zero is no body', () => {
  assert.equal(bodyReader(lengthFraming(0)).done, true)
})

test('a body of a length stops at its end, and bytes after it stay', () => {
  const { pieces, sink } = collect()
  const reader = bodyReader(lengthFraming(7))
  assert.equal(reader.read(hello, sink), 5)
  assert.equal(reader.done, false)
  assert.equal(reader.read(hello, sink), 2)
  assert.equal(reader.done, true)
  assert.equal(reader.read(hello, sink), 0)
  assert.equal(Buffer.concat(pieces).toString(), 'hellohe')
})

test('bytes that all belong to the body are handed on as they are, without a view of them', () => {
  const { pieces, sink } = collect()
  bodyReader(lengthFraming(9)).read(hello, sink)
  bodyReader(untilClose).read(hello, sink)
  assert.equal(pieces[0], hello)
  assert.equal(pieces[1], hello)
})

test('a body until close takes everything and is never done by itself', () => {
  const { pieces, sink } = collect()
  const reader = bodyReader(untilClose)
  assert.equal(reader.read(hello, sink), 5)
  assert.equal(reader.done, false)
  assert.equal(pieces.length, 1)
})

test('no bytes make no piece', () => {
  for (const framing of [noBody, lengthFraming(5), chunked, untilClose]) {
    const { pieces, sink } = collect()
    assert.equal(bodyReader(framing).read(Buffer.alloc(0), sink), 0)
    assert.deepEqual(pieces, [])
  }
})

test('chunks are undone only where that is asked for', () => {
  const bytes = Buffer.from('5\r\nhello\r\n0\r\n\r\n')
  for (const dataOnly of [true, false]) {
    const { pieces, sink } = collect()
    const reader = bodyReader(chunked, { dataOnly })
    assert.ok(reader instanceof ChunkedBody)
    reader.read(bytes, sink)
    assert.equal(Buffer.concat(pieces).toString(), dataOnly ? 'hello' : bytes.toString())
  }
})

test('the field of a framing says what its reader does', () => {
  assert.equal(framingFields(noBody), '')
  assert.equal(framingFields(untilClose), '')
  assert.equal(framingFields(chunked), 'Transfer-Encoding: chunked\r\n')
  assert.equal(framingFields(lengthFraming(0)), 'Content-Length: 0\r\n')
  assert.equal(framingFields(lengthFraming(42)), 'Content-Length: 42\r\n')
})
