/**
 * Every published way of hiding one message in another that we could find, as bytes: test/vectors/smuggling.json
 * names where each comes from. A vector is refused for the reason it states, or it is exactly the number of
 * messages it states, and what would be passed on holds nothing that it says is withheld.
 */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { forwardedRequestFields, forwardedResponseFields } from '../../src/http/forward-fields.ts'
import { framingFields } from '../../src/http/framing.ts'
import { compareWithLlhttp } from './compare.ts'
import type { Side } from './llhttp.ts'
import { type ReadMessage, readStream } from './read-stream.ts'

interface Vector {
  readonly technique: string
  readonly source: string
  readonly side: Side
  readonly bytes: string
  readonly requestMethod?: string
  /** Why it is refused. */
  readonly refused?: string
  /** How many messages are taken from it, 0 when left out. */
  readonly taken?: number
  /** A part of what is passed on for the first message. */
  readonly sends?: string
  /** What may not stand in what is passed on for the first message. */
  readonly withholds?: string
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/smuggling.json', import.meta.url), 'utf8')) as Vector[]

for (const vector of vectors) {
  const fate = vector.refused === undefined ? 'gives what it should' : `is refused: ${vector.refused}`
  test(`${vector.side}, ${printable(vector.technique)}: ${fate} (${vector.source})`, () => {
    const bytes = Buffer.from(vector.bytes, 'latin1')
    const options = { side: vector.side, requestMethod: vector.requestMethod ?? 'GET' }
    for (const nextSegment of [() => bytes.length, () => 1, () => 3]) {
      const read = readStream(bytes, { ...options, nextSegment })
      assert.equal(read.reason, vector.refused)
      assert.equal(read.messages.length, vector.taken ?? 0)
      const sent = read.messages[0] === undefined ? '' : passedOn(read.messages[0])
      assert.ok(sent.includes(vector.sends ?? ''), `sends ${JSON.stringify(sent)}`)
      assert.ok(vector.withholds === undefined || !sent.includes(vector.withholds), `sends ${JSON.stringify(sent)}`)
    }
    assert.equal(compareWithLlhttp(bytes, options).disagreement, undefined)
  })
}

const places = [
  (byte: string) => `Transfer-Encoding:${byte}chunked`,
  (byte: string) => `Transfer-Encoding${byte}: chunked`,
  (byte: string) => `${byte}Transfer-Encoding: chunked`,
  (byte: string) => `Transfer-Encoding: chunked${byte}`,
  (byte: string) => `Transfer-Encoding: chunk${byte}ed`,
  (byte: string) => `Content-Length:${byte}5`,
  (byte: string) => `Content-Length${byte}: 5`,
  (byte: string) => `${byte}Content-Length: 5`,
  (byte: string) => `Content-Length: 5${byte}`,
]

for (const place of places) {
  test(`no byte makes a body of "${place('·')}" that llhttp does not see, or sees otherwise`, () => {
    for (let code = 0; code < 256; code++) {
      const line = place(String.fromCharCode(code))
      const bytes = Buffer.from(`POST / HTTP/1.1\r\nHost: a.example\r\n${line}\r\n\r\n0\r\n\r\n`, 'latin1')
      const { disagreement, reason } = compareWithLlhttp(bytes, { side: 'request' })
      assert.equal(disagreement, undefined, `byte ${code}`)
      // Where the odd byte is a token character the field is another field; a space is optional white space.
      const harmless = /^[ !#$%&'*+.^_`|~0-9A-Za-z-]$/.test(String.fromCharCode(code))
      if (!harmless) assert.notEqual(reason, undefined, `byte ${code}`)
    }
  })
}

/** Test names go to terminals and logs. */
function printable(text: string): string {
  return text.replace(/[^ -~]/g, (odd) => `<${odd.charCodeAt(0).toString(16)}>`)
}

function passedOn(message: ReadMessage): string {
  const { head } = message
  const fields = 'method' in head ? forwardedRequestFields(head) : forwardedResponseFields(head)
  return `${fields}${framingFields(head.framing)}\r\n${message.passedOn}`
}
