/** The PROXY header both ways: what is written is read back as it was, and nothing else is taken for a header. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatIp } from '../../src/service/format-ip.ts'
import type { ProxyHeader } from '../../src/service/proxy-header.ts'
import { readProxyHeader } from '../../src/service/read-proxy-header.ts'
import { writeProxyHeader } from '../../src/service/write-proxy-header.ts'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const ends = {
  source: { address: '192.0.2.1', port: 56_324 },
  destination: { address: '192.0.2.2', port: 443 },
}
const signature = '0d0a0d0a000d0a515549540a'
/** A header of version 2: command, family, and what stands behind the length. */
const v2 = (command: string, family: string, rest: string): Buffer =>
  Buffer.from(`${signature}${command}${family}${(rest.length / 2).toString(16).padStart(4, '0')}${rest}`, 'hex')
const addresses = 'c0000201c0000202dc0401bb'

const good: readonly [reason: string, bytes: Buffer, ends: typeof ends | undefined][] = [
  ['version 1 over IPv4', latin1('PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n'), ends],
  ['version 1 that names nobody', latin1('PROXY UNKNOWN\r\n'), undefined],
  ['version 1 that names nobody in many words', latin1('PROXY UNKNOWN ffff::1 x y z\r\n'), undefined],
  ['version 2 over IPv4', v2('21', '11', addresses), ends],
  ['version 2 with an extension', v2('21', '11', `${addresses}04000100`), ends],
  ['version 2 from a socket file', v2('21', '31', '00'.repeat(216)), undefined],
  ['version 2 that speaks for itself, with bytes nobody reads', v2('20', '99', 'abcd'), undefined],
]
const bad: readonly [reason: string, bytes: Buffer, says: RegExp][] = [
  ['no header', latin1('EHLO app.test\r\n'), /is no PROXY header/],
  ['a header in lower case', latin1('proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n'), /is no PROXY header/],
  ['two spaces', latin1('PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n'), /is not two TCP4 addresses/],
  ['an address of the other family', latin1('PROXY TCP4 ::1 ::1 1 2\r\n'), /is not two TCP4 addresses/],
  ['an octal address', latin1('PROXY TCP4 0177.0.0.1 192.0.2.2 1 2\r\n'), /is not two TCP4 addresses/],
  ['a zone', latin1('PROXY TCP6 fe80::1%lo ::1 1 2\r\n'), /is not two TCP6 addresses/],
  ['a port with a zero in front', latin1('PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n'), /is not two TCP4 addresses/],
  ['a port beyond all ports', latin1('PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n'), /is not two TCP4 addresses/],
  ['a word too many', latin1('PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n'), /is not two TCP4 addresses/],
  ['a word too few', latin1('PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n'), /is not two TCP4 addresses/],
  ['a family nobody knows', latin1('PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n'), /neither TCP4, TCP6 nor UNKNOWN/],
  ['a line that never ends', latin1(`PROXY UNKNOWN ${'x'.repeat(200)}`), /longer than 107 bytes/],
  ['version 3', v2('31', '11', addresses), /unknown version or command/],
  ['a command nobody knows', v2('22', '11', addresses), /unknown version or command/],
  ['datagrams', v2('21', '12', addresses), /family or protocol that is not TCP/],
  ['addresses cut short', v2('21', '11', addresses.slice(2)), /shorter than its addresses/],
  [
    'an extension that is longer than the rest',
    v2('21', '11', `${addresses}04000200`),
    /an extension that does not fit/,
  ],
  ['a length that asks for much memory', Buffer.from(`${signature}2111ffff`, 'hex'), /longer than 4096 bytes/],
]

describe('a PROXY header', () => {
  for (const [reason, bytes, expected] of good) {
    it(`is read: ${reason}`, () => {
      const read = readProxyHeader(Buffer.concat([bytes, latin1('and on')]), 'either')
      assert.deepEqual(read, { kind: 'header', length: bytes.length, ends: expected })
    })
    it(`waits for its end and never errs before it: ${reason}`, () => {
      for (let length = 0; length < bytes.length; length += 1) {
        assert.deepEqual(readProxyHeader(bytes.subarray(0, length), 'either'), { kind: 'more' }, `${length} bytes`)
      }
    })
  }

  for (const [reason, bytes, says] of bad) {
    it(`is refused: ${reason}`, () => {
      const read = readProxyHeader(bytes, 'either')
      assert.equal(read.kind, 'bad')
      assert.match((read as ProxyHeader & { kind: 'bad' }).what, says)
    })
  }

  it('of the other version is none', () => {
    assert.equal(readProxyHeader(latin1('PROXY UNKNOWN\r\n'), 'v2').kind, 'bad')
    assert.equal(readProxyHeader(v2('21', '11', addresses), 'v1').kind, 'bad')
  })

  it('is read back as it was written, in any segmentation', () => {
    const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 })
    // Addresses that hide an IPv4 one have two spellings; the usual ones have one.
    const ipv6 = fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((bytes) => Uint8Array.from([0x20, 1, ...bytes.subarray(2)]))
    const port = fc.nat(65_535)
    const pair = fc.oneof(fc.tuple(ipv4, ipv4), fc.tuple(ipv6, ipv6))
    fc.assert(
      fc.property(
        pair,
        port,
        port,
        fc.constantFrom('v1' as const, 'v2' as const),
        ([from, to], one, other, version) => {
          const said = {
            source: { address: formatIp(from), port: one },
            destination: { address: formatIp(to), port: other },
          }
          const bytes = writeProxyHeader(version, said)
          assert.deepEqual(readProxyHeader(bytes, version), { kind: 'header', length: bytes.length, ends: said })
          assert.equal(readProxyHeader(bytes.subarray(0, -1), version).kind, 'more')
        },
      ),
    )
  })

  it('says that nobody is known where nobody is', () => {
    assert.equal(writeProxyHeader('v1', undefined).toString(), 'PROXY UNKNOWN\r\n')
    assert.deepEqual(writeProxyHeader('v2', undefined), v2('21', '00', ''))
  })

  it('is never found in random bytes, and nothing random makes the reader throw', () => {
    const begun = fc.tuple(
      fc.constantFrom(latin1('PROXY '), Buffer.from(signature, 'hex')),
      fc.uint8Array({ maxLength: 300 }),
    )
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      begun.map((parts) => Buffer.concat(parts)),
    )
    fc.assert(
      fc.property(bytes, (random) => {
        const read = readProxyHeader(Buffer.from(random), 'either')
        if (read.kind === 'header') assert.ok(read.length <= random.length)
      }),
    )
  })
})
