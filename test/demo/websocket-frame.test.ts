import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { firstFrame, maskedTextFrame, textFrame } from '../../src/demo/websocket-frame.ts'

describe('short WebSocket frames', () => {
  it('come out of their mask as they went in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 125 }), fc.uint8Array({ maxLength: 9 }), (payload, behind) => {
        const bytes = Buffer.concat([maskedTextFrame(Buffer.from(payload)), behind])
        const frame = firstFrame(bytes)
        assert.deepEqual([...(frame?.payload ?? [])], [...payload])
        assert.equal(frame?.length, bytes.length - behind.length)
      }),
    )
  })

  it('are waited for until they are whole', () => {
    const whole = maskedTextFrame(Buffer.from('hello'))
    for (let length = 0; length < whole.length; length += 1) {
      assert.equal(firstFrame(whole.subarray(0, length)), undefined)
    }
  })

  it('never throw on what is no frame', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void firstFrame(Buffer.from(bytes))))
  })

  it('carry no mask from a server (RFC 6455 §5.7)', () => {
    assert.deepEqual([...textFrame(Buffer.from('Hello'))], [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])
  })
})
