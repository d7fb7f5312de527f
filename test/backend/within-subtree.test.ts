/** Whether a name lies in a subtree of name constraints, kind by kind, on both sides of the border. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ConstrainedKind, contentOfName, relationTo } from '../../src/backend/checks/within-subtree.ts'
import { der } from '../kit/der.ts'

/** In and out are the same on either list; the others are not permitted and yet excluded. */
type Where = 'in' | 'out' | 'touched' | 'unreadable'

const rows: readonly (readonly [kind: ConstrainedKind, base: string, name: string, where: Where, why: string])[] = [
  ['dns', 'a.test', 'a.test', 'in', 'the very name'],
  ['dns', 'A.Test', 'x.a.test', 'in', 'a name below, whatever the case of the constraint'],
  ['dns', 'a.test', 'y.x.a.test', 'in', 'further below'],
  ['dns', 'a.test', 'xa.test', 'out', 'a name that only ends alike'],
  ['dns', 'a.test', 'test', 'out', 'a name above'],
  ['dns', '', 'a.test', 'in', 'nothing is everything'],
  ['dns', '.a.test', 'x.a.test', 'in', 'a dot in front is all below'],
  ['dns', '.a.test', 'a.test', 'touched', 'the name itself is not below, and excluded all the same'],
  ['dns', '.a.test', 'b.test', 'out', 'another name'],
  ['dns', 'a.test', '*.a.test', 'in', 'a wildcard below'],
  ['dns', 'a.test', '*.test', 'touched', 'a wildcard that may stand for the name (CVE-2025-61727)'],
  ['dns', 'a.test', '*.b.test', 'out', 'a wildcard elsewhere'],
  ['dns', 'a.test', 'b.test', 'out', 'a neighbour, which is no wildcard'],
  ['dns', 'test', '*', 'touched', 'a wildcard of one label over a name of one'],

  ['email', 'me@a.test', 'me@a.test', 'in', 'the very mailbox'],
  ['email', 'me@A.test', 'me@a.TEST', 'in', 'its host in any case'],
  ['email', 'me@a.test', 'Me@a.test', 'out', 'its local part in another case'],
  ['email', 'me@a.test', 'me@b.test', 'out', 'another host'],
  ['email', '"x@y"@a.test', '"x@y"@a.test', 'in', 'an @ in quotes, in both'],
  ['email', 'a.test', '"x@b.test"@a.test', 'in', 'a host is what stands behind the last @'],
  ['email', 'a.test', 'm@a.test', 'in', 'any mailbox of a host'],
  ['email', 'a.test', 'm@x.a.test', 'out', 'and none below it'],
  ['email', '.a.test', 'm@x.a.test', 'in', 'a dot in front is all below'],
  ['email', '.a.test', 'm@a.test', 'out', 'and not the host'],
  ['email', 'a.test', '@a.test', 'unreadable', 'no local part'],
  ['email', 'a.test', 'a.test', 'unreadable', 'no mailbox at all'],

  ['uri', 'A.test', 'http://a.TEST/x', 'in', 'the very host in any case'],
  ['uri', 'a.test', 'HTTP://a.test', 'in', 'a scheme in any case'],
  ['uri', 'a.test', 'h2+x.y-z://a.test?q', 'in', 'all that a scheme may be made of'],
  ['uri', 'a.test', 'h://a.test#f', 'in', 'a scheme of one letter'],
  ['uri', 'a.test', 'http://b@c@a.test:80/', 'in', 'a user and a port are no part of it'],
  ['uri', 'a.test', 'http://@a.test:/', 'in', 'nor are empty ones'],
  ['uri', 'a.test', 'http://x.a.test/', 'out', 'a host below'],
  ['uri', '.a.test', 'http://x.a.test/', 'in', 'a dot in front is all below'],
  ['uri', '.a.test', 'http://a.test/', 'out', 'and not the host'],
  ['uri', 'a.testx', 'http://a.test:80x/', 'out', 'what is no port is not cut out'],
  ['uri', '1a.test', 'http://1a.test/', 'in', 'a name that begins like an address'],
  ['uri', 'a.test1', 'http://a.test1/', 'in', 'a name that ends like one'],
  ['uri', '192.0.2.1', 'http://192.0.2.1/', 'unreadable', 'an address'],
  ['uri', '[::1]', 'http://[::1]/', 'unreadable', 'an IPv6 address'],
  ['uri', 'a.test', 'urn:a.test', 'unreadable', 'no host'],
  ['uri', 'a.test', 'http:///a.test', 'unreadable', 'an empty host'],
  ['uri', 'a.test', '1http://a.test/', 'unreadable', 'no scheme'],
]

const meaning: Readonly<Record<Where, { isPermitted: boolean; isExcluded: boolean }>> = {
  in: { isPermitted: true, isExcluded: true },
  out: { isPermitted: false, isExcluded: false },
  touched: { isPermitted: false, isExcluded: true },
  unreadable: { isPermitted: false, isExcluded: true },
}

const subtree = (kind: ConstrainedKind, bytes: Buffer) => ({ kind, bytes, hasDepth: false })

describe('a name and a subtree', () => {
  for (const [kind, base, name, where, why] of rows) {
    it(`${kind} ${JSON.stringify(base)}: ${name} is ${where}: ${why}`, () => {
      assert.deepEqual(relationTo(subtree(kind, Buffer.from(base, 'latin1')), kind)(name), meaning[where])
    })
  }

  const net = Buffer.from([10, 16, 0, 0, 255, 240, 0, 0])
  const addresses: readonly (readonly [address: readonly number[], where: Where])[] = [
    [[10, 16, 0, 0], 'in'],
    [[10, 31, 255, 255], 'in'],
    [[10, 32, 0, 0], 'out'],
    [[11, 16, 0, 0], 'out'],
    [[...Array<number>(10).fill(0), 255, 255, 10, 16, 0, 0], 'out'],
    [[10, 16, ...Array<number>(14).fill(0)], 'out'],
  ]
  for (const [address, where] of addresses) {
    it(`10.16.0.0/12: ${address.join('.')} is ${where}`, () => {
      assert.deepEqual(relationTo(subtree('ip', net), 'ip')(Buffer.from(address)), meaning[where])
    })
  }
})

describe('the content of a name', () => {
  const headers: readonly (readonly [length: number, header: readonly number[]])[] = [
    [0, [0x30, 0]],
    [126, [0x30, 126]],
    [128, [0x30, 0x81, 128]],
    [256, [0x30, 0x82, 1, 0]],
  ]
  for (const [length, header] of headers) {
    it(`of ${length} bytes is found behind its header`, () => {
      const content = Buffer.concat(Array.from({ length: length / 2 }, () => der(0x05)))
      assert.ok(contentOfName(Buffer.concat([Buffer.from(header), content])).equals(content))
    })
  }

  it('is found behind the longest short header', () => {
    const content = der(0x04, Buffer.alloc(125))
    assert.ok(contentOfName(Buffer.concat([Buffer.from([0x30, 127]), content])).equals(content))
  })

  it('is not looked for where the header is wrong', () => {
    assert.throws(() => contentOfName(Buffer.from([0x30, 5, 1])))
  })
})
